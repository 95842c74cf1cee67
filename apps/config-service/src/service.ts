import { neededDatabase } from '@nuncio/database';
import { bootstrap } from '@nuncio/service';
import { AppModule, kafkaServers } from './app.module.js';
import { Config } from './config.js';
import { configDatabase } from './database.js';

await bootstrap({
  name: 'config-service',
  config: Config,
  needs: (config) => [neededDatabase(configDatabase(config.DATABASE_URL))],
  module: (config) => AppModule.with(config),
  microservices: (_app, config) => kafkaServers(config),
});
