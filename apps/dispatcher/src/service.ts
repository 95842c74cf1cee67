import { bootstrap } from '@nuncio/service';
import { AppModule } from './app.module.js';
import { DispatcherEnv } from './config.js';
import { Dispatcher } from './dispatcher.js';

await bootstrap({
  name: 'dispatcher',
  config: DispatcherEnv,
  module: (config, spans) => AppModule.with(config, spans),
  microservices: (app) => app.get(Dispatcher).servers,
});
