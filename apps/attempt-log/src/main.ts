import { KafkaServer } from '@nuncio/kafka';
import { bootstrap } from '@nuncio/service';
import { AppModule, kafkaSettings } from './app.module.js';
import { Config } from './config.js';
import { INGEST } from './ingest/ingest.controller.js';

await bootstrap({
  name: 'attempt-log',
  config: Config,
  module: (config) => AppModule.with(config),
  microservices: (_app, config) => [new KafkaServer({ kafka: kafkaSettings(config), group: 'attempt-log', transportId: INGEST })],
});
