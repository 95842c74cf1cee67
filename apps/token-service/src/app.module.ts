import { Inject, Logger, Module, type DynamicModule, type OnApplicationShutdown, type Provider } from '@nestjs/common';
import { Egress, egressOptions } from '@nuncio/egress';
import { BatchProducer, ConfigView, kafkaFaults, kafkaFor, type KafkaSettings } from '@nuncio/kafka';
import { READINESS, type Readiness } from '@nuncio/service';
import { connectRedis, TokenStore, whyAway, type RedisClient } from '@nuncio/token-store';
import { SPANS, type Spans } from '@nuncio/tracing';
import { ClientCredentials } from './client-credentials.js';
import type { TokenServiceEnv } from './config.js';
import { TokenSettings } from './token-settings.js';
import { TokensController } from './tokens/tokens.controller.js';
import { TokensService } from './tokens/tokens.service.js';

const REDIS = Symbol('Redis');

export const kafkaSettings = (config: TokenServiceEnv): KafkaSettings => kafkaFor(config, 'token-service');

@Module({})
export class AppModule implements OnApplicationShutdown {
  constructor(
    private readonly view: ConfigView,
    private readonly producer: BatchProducer,
    private readonly egress: Egress,
    @Inject(REDIS) private readonly redis: RedisClient,
  ) {}

  static with(config: TokenServiceEnv, spans?: Spans): DynamicModule {
    return { module: AppModule, controllers: [TokensController], providers: [...connections(config), ...parts(config), { provide: SPANS, useValue: spans ?? null }] };
  }

  /** Called after Kafka has been drained. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.view.stop(), this.producer.disconnect(), this.egress.close()]);
    this.redis.disconnect();
  }
}

/** The connections that stay open while the service runs. The view is read to its end before it is used. */
function connections(config: TokenServiceEnv): Provider[] {
  return [
    { provide: ConfigView, useFactory: () => ConfigView.started(kafkaSettings(config), ['credential']) },
    { provide: BatchProducer, useFactory: () => BatchProducer.connected(kafkaSettings(config)) },
    { provide: REDIS, useFactory: () => connectedRedis(config) },
    { provide: Egress, useFactory: () => new Egress(egressOptions(config)) },
  ];
}

function parts(config: TokenServiceEnv): Provider[] {
  return [
    TokensService,
    { provide: TokenSettings, useFactory: () => new TokenSettings(config.TOKEN_KEYS, config.TOKEN_DEFAULT_LIFE_SECONDS) },
    { provide: TokenStore, inject: [REDIS], useFactory: (redis: RedisClient) => new TokenStore(redis, config.TOPIC_PREFIX) },
    {
      provide: ClientCredentials,
      inject: [Egress],
      useFactory: (egress: Egress) => new ClientCredentials(egress, config.CLIENT_KEYS, config.TOKEN_TIMEOUT_MS),
    },
    {
      provide: READINESS,
      inject: [REDIS, TokenStore],
      useFactory: (redis: RedisClient, store: TokenStore): Readiness => ({ ready: async () => [...(await troubleOf(redis, store)), ...kafkaFaults()] }),
    },
  ];
}

async function troubleOf(redis: RedisClient, store: TokenStore): Promise<string[]> {
  const why = whyAway(redis);
  if (why !== null) return [`Redis does not answer: ${why}`];
  const refusal = await store.findRefusal();
  return refusal === null ? [] : [`Redis stores no tokens: ${refusal}`];
}

function connectedRedis(config: TokenServiceEnv): RedisClient {
  const logger = new Logger('Redis');
  const redis = connectRedis(config, (up) => {
    if (up) logger.log('answers');
    else logger.warn(`does not answer; token requests wait: ${whyAway(redis) ?? ''}`);
  });
  return redis;
}
