import { randomUUID } from 'node:crypto';
import { Inject, Module, type DynamicModule, type OnApplicationBootstrap, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { APP_INTERCEPTOR, HttpAdapterHost } from '@nestjs/core';
import { onceThere, openDatabase } from '@nuncio/database';
import { BatchProducer, createKafka, kafkaFor, KafkaServer, type KafkaSettings, passOver } from '@nuncio/kafka';
import { AuthModule, EXTERNAL_IDS, IDEMPOTENCY, IdempotentRequests, PLACES, PRINCIPALS, READINESS, ResourcesModule, tellPosition } from '@nuncio/service';
import type { FastifyInstance } from 'fastify';
import { DataSource } from 'typeorm';
import { ensureBootstrapKey, ApiKeyPrincipals } from './api-keys/api-key-principals.js';
import { ApiKeysController } from './api-keys/api-keys.controller.js';
import { KeyUses } from './api-keys/key-uses.js';
import { KeyUsesController } from './api-keys/key-uses.controller.js';
import { ApplicationsController } from './applications/applications.controller.js';
import { AuditController } from './audit/audit.controller.js';
import { OperationsController } from './audit/operations.controller.js';
import { CallbacksController } from './callbacks/callbacks.controller.js';
import { ProfilesController } from './callbacks/profiles.controller.js';
import { CONFIG, type Config } from './config.js';
import { CredentialsController } from './credentials/credentials.controller.js';
import { configDatabase } from './database.js';
import { EventStore, WRITERS } from './event-store/index.js';
import { ensureNoticeTypes } from './event-types/ensure-notice-types.js';
import { EventTypesController } from './event-types/event-types.controller.js';
import { StoreExternalIds } from './keying/store-external-ids.js';
import { Relay } from './outbox/relay.js';
import { ConfigReadiness } from './readiness.js';
import { ReadsInTurnInterceptor } from './reads-in-turn.interceptor.js';
import { PortalSessionsController } from './portal-sessions/portal-sessions.controller.js';
import { Allowance } from './samples/allowance.js';
import { Replies } from './samples/replies.js';
import { REPLIES, RepliesController } from './samples/replies.controller.js';
import { Samples } from './samples/samples.js';
import { TokenTests } from './samples/token-tests.js';
import { SIGNALS, SignalsController } from './signals/signals.controller.js';
import { SubscriptionsController } from './subscriptions/subscriptions.controller.js';
import { Verifications } from './subscriptions/verification.js';
import { TenantsController } from './tenants/tenants.controller.js';

/** A writer that waits longer for its turn gets a 503. */
const LOCK_TIMEOUT_MS = 5_000;
/** Connections beside those of reads: of authentication, and of the relay. */
const OF_OUR_OWN = 2;

const kafkaSettings = (config: Config): KafkaSettings => kafkaFor(config, 'config-service');

@Module({})
export class AppModule implements OnApplicationBootstrap, OnApplicationShutdown, OnModuleInit {
  constructor(
    private readonly database: DataSource,
    @Inject(WRITERS) private readonly writers: DataSource,
    private readonly store: EventStore,
    private readonly producer: BatchProducer,
    private readonly relay: Relay,
    @Inject(CONFIG) private readonly config: Config,
    private readonly host: HttpAdapterHost,
  ) {}

  static with(config: Config): DynamicModule {
    const kafka = kafkaSettings(config);
    return {
      module: AppModule,
      imports: [AuthModule.with(config), ResourcesModule],
      controllers: [
        TenantsController,
        ApiKeysController,
        PortalSessionsController,
        EventTypesController,
        ApplicationsController,
        CredentialsController,
        CallbacksController,
        ProfilesController,
        SubscriptionsController,
        AuditController,
        OperationsController,
        RepliesController,
        SignalsController,
        KeyUsesController,
      ],
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: DataSource, useFactory: () => onceThere(() => openDatabase({ ...configDatabase(config.DATABASE_URL), poolSize: PLACES + OF_OUR_OWN })) },
        { provide: WRITERS, useFactory: () => onceThere(() => openDatabase({ ...configDatabase(config.DATABASE_URL), lockTimeoutMs: LOCK_TIMEOUT_MS })) },
        { provide: BatchProducer, useFactory: () => new BatchProducer(createKafka(kafka), config.TOPIC_PREFIX) },
        { provide: Relay, useFactory: (database: DataSource) => new Relay(database, kafka), inject: [DataSource] },
        { provide: PRINCIPALS, useClass: ApiKeyPrincipals },
        { provide: APP_INTERCEPTOR, useClass: ReadsInTurnInterceptor },
        { provide: READINESS, useClass: ConfigReadiness },
        { provide: IDEMPOTENCY, useFactory: (database: DataSource) => new IdempotentRequests(database, { pepper: config.API_KEY_PEPPER, ring: config.SIGNING_KEYS }, 'config.idempotent_requests'), inject: [DataSource] },
        { provide: EXTERNAL_IDS, useClass: StoreExternalIds },
        EventStore,
        Allowance,
        KeyUses,
        Replies,
        Samples,
        TokenTests,
        Verifications,
      ],
    };
  }

  onModuleInit(): void {
    tellPosition(this.host.httpAdapter.getInstance<FastifyInstance>(), () => this.store.committed);
  }

  async onApplicationBootstrap(): Promise<void> {
    const { ADMIN_API_KEY, API_KEY_PEPPER } = this.config;
    if (ADMIN_API_KEY) await onceThere(() => ensureBootstrapKey(this.store, API_KEY_PEPPER, ADMIN_API_KEY));
    await onceThere(() => ensureNoticeTypes(this.store));
    await this.producer.connect();
    this.store.onCommit(() => {
      this.relay.wake();
    });
    this.relay.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.relay.stop();
    await this.producer.disconnect();
    await Promise.all([this.database.destroy(), this.writers.destroy()]);
  }
}

/** All replicas share the group of signals. Every replica reads all replies. */
export const kafkaServers = (config: Config): KafkaServer[] => [
  new KafkaServer({ kafka: kafkaSettings(config), group: 'config-service', transportId: SIGNALS, putAway: passOver }),
  new KafkaServer({
    kafka: kafkaSettings(config),
    group: `config-service.replies.${randomUUID()}`,
    ownGroup: true,
    transportId: REPLIES,
    fromBeginning: false,
    putAway: passOver,
  }),
];
