import { bootstrap } from '@nuncio/service';
import { AppModule } from './app.module.js';
import { Config } from './config.js';

await bootstrap({ name: 'gateway', config: Config, module: (config, spans) => AppModule.with(config, spans) });
