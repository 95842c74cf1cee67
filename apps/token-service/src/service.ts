import { BatchProducer, batchToQuarantine, KafkaServer } from '@nuncio/kafka';
import { bootstrap } from '@nuncio/service';
import { AppModule, kafkaSettings } from './app.module.js';
import { TokenServiceEnv } from './config.js';
import { TOKEN_REQUESTS } from './tokens/tokens.controller.js';

await bootstrap({
  name: 'token-service',
  config: TokenServiceEnv,
  module: (config, spans) => AppModule.with(config, spans),
  microservices: (app, config) => [
    new KafkaServer({
      kafka: kafkaSettings(config),
      group: 'token-service',
      transportId: TOKEN_REQUESTS,
      putAway: (batch, lost) => batchToQuarantine(app.get(BatchProducer), batch, lost),
    }),
  ],
});
