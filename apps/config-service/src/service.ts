import { bootstrap } from '@nuncio/service';
import { AppModule, kafkaServers } from './app.module.js';
import { Config } from './config.js';

await bootstrap({ name: 'config-service', config: Config, module: (config) => AppModule.with(config), microservices: (_app, config) => kafkaServers(config) });
