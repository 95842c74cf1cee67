import { Inject, Module, type DynamicModule, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { APP_INTERCEPTOR, HttpAdapterHost } from '@nestjs/core';
import { onceThere, openDatabase } from '@nuncio/database';
import { BatchProducer, ConfigView, kafkaFor, type KafkaSettings } from '@nuncio/kafka';
import { AuthModule, catchUpFirst, ConfigExternalIds, ConfigPrincipals, EXTERNAL_IDS, IDEMPOTENCY, IdempotentRequests, PLACES, PRINCIPAL_KINDS, PRINCIPALS, READINESS, ResourcesModule, Turns } from '@nuncio/service';
import { SPANS, type Spans } from '@nuncio/tracing';
import type { FastifyInstance } from 'fastify';
import { DataSource } from 'typeorm';
import type { Config } from './config.js';
import { logDatabase } from './database.js';
import { Downloads } from './export/downloads.js';
import { DeadLettersController } from './failed-records/dead-letters.controller.js';
import { FailedRecords } from './failed-records/failed-records.js';
import { FailedRecordsController } from './failed-records/failed-records.controller.js';
import { QuarantineController } from './failed-records/quarantine.controller.js';
import { FactsIngest } from './ingest/facts-ingest.js';
import { GROUP, IngestController } from './ingest/ingest.controller.js';
import { Certificates } from './health/certificates.js';
import { CallbackHealthController } from './health/callback-health.controller.js';
import { CredentialHealthController } from './health/credential-health.controller.js';
import { IncidentsController } from './incidents/incidents.controller.js';
import { FleetController } from './fleet/fleet.controller.js';
import { Fleet } from './fleet/fleet.js';
import { FleetTail } from './fleet/fleet-tail.js';
import { CaughtUp } from './lag/caught-up.js';
import { KAFKA_SETTINGS, KafkaWatch } from './lag/kafka-watch.js';
import { LogWriter } from './ingest/log-writer.js';
import { ConfigurationNoticesController } from './notices/configuration-notices.controller.js';
import { NOTICES_TENANT, NoticeWorker } from './notices/notice-worker.js';
import { Notices } from './notices/notices.js';
import { DeliveryNotices } from './notices/delivery-notices.js';
import { TokenNotices } from './notices/token-notices.js';
import { RedeliveryController } from './redelivery/redelivery.controller.js';
import { OperationWorker } from './redelivery/operation-worker.js';
import { Operations } from './redelivery/operations.js';
import { OperationsController } from './redelivery/operations.controller.js';
import { Owners } from './owners/owners.js';
import { PartitionKeeper } from './partitions/partition-keeper.js';
import { Partitions } from './partitions/partitions.js';
import { Retention } from './partitions/retention.js';
import { AttemptsController } from './query/attempts/attempts.controller.js';
import { DeliveriesController } from './query/deliveries/deliveries.controller.js';
import { EventsController } from './query/events/events.controller.js';
import { FilterTrialController } from './query/events/filter-trial.controller.js';
import { LogReadiness } from './readiness.js';
import { PayloadReads } from './query/events/payload-reads.js';
import { OneDelivery } from './redelivery/one-delivery.js';
import { OneDeliveryController } from './redelivery/one-delivery.controller.js';
import { Unblock } from './redelivery/unblock.js';
import { LiveStreams } from './stream/live-streams.js';
import { BacklogController } from './query/statistics/backlog.controller.js';
import { SetAside } from './set-aside/set-aside.js';
import { SetAsideWorker } from './set-aside/set-aside-worker.js';
import { StatsController } from './query/statistics/stats.controller.js';
import { ServerStatsController } from './query/statistics/server-stats.controller.js';
import { TokenStatsController } from './query/statistics/token-stats.controller.js';
import { TurnsInterceptor } from './query/turns.interceptor.js';
import { TokenEventsIngest } from './token-requests/token-events-ingest.js';
import { TokenEventsController } from './token-requests/token-events.controller.js';

/**
 * Half of the gateway's timeout, so that the caller gets an answer, and PostgreSQL stops working on a request that
 * nobody waits for.
 */
const STATEMENT_TIMEOUT_MS = 30_000;
/** Connections beside those of requests: of streams, bulk operations and notices. */
const OF_OUR_OWN = 2;
/** The connections of whoever writes down what happened, who waits for no reader. */
const WRITERS = Symbol('Writers');
const FOR_WRITING = 6;

export const kafkaSettings = (config: Config): KafkaSettings => kafkaFor(config, 'attempt-log');

/** The providers' factories open every connection, so that all are open before the first record is read. */
@Module({})
export class AppModule implements OnApplicationShutdown, OnModuleInit {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(WRITERS) private readonly writers: DataSource,
    @Inject(BatchProducer) private readonly producer: BatchProducer,
    @Inject(ConfigView) private readonly view: ConfigView,
    private readonly host: HttpAdapterHost,
  ) {}

  static with(config: Config, spans?: Spans): DynamicModule {
    const kafka = kafkaSettings(config);
    return {
      module: AppModule,
      imports: [AuthModule.with(config), ResourcesModule],
      controllers: [
        IngestController,
        DeliveriesController,
        RedeliveryController,
        OneDeliveryController,
        AttemptsController,
        EventsController,
        FilterTrialController,
        OperationsController,
        BacklogController,
        StatsController,
        TokenStatsController,
        ServerStatsController,
        IncidentsController,
        TokenEventsController,
        CredentialHealthController,
        CallbackHealthController,
        FailedRecordsController,
        QuarantineController,
        DeadLettersController,
        ConfigurationNoticesController,
        FleetController,
      ],
      providers: [
        { provide: DataSource, useFactory: () => onceThere(() => openDatabase({ ...logDatabase(config.DATABASE_URL), statementTimeoutMs: STATEMENT_TIMEOUT_MS, poolSize: PLACES + OF_OUR_OWN })) },
        { provide: WRITERS, useFactory: () => onceThere(() => openDatabase({ ...logDatabase(config.DATABASE_URL), statementTimeoutMs: STATEMENT_TIMEOUT_MS, poolSize: FOR_WRITING })) },
        { provide: BatchProducer, useFactory: () => BatchProducer.connected(kafka) },
        { provide: ConfigView, useFactory: () => ConfigView.started(kafka, [...PRINCIPAL_KINDS, 'application', 'callback', 'credential', 'subscription', 'event-type']) },
        {
          provide: Partitions,
          useFactory: (dataSource: DataSource, view: ConfigView) => new Partitions(dataSource, new Retention(config.RETENTION_DAYS, view)),
          inject: [WRITERS, ConfigView],
        },
        {
          provide: LogWriter,
          useFactory: (dataSource: DataSource, partitions: Partitions) => new LogWriter(dataSource, partitions),
          inject: [WRITERS, Partitions],
        },
        { provide: PRINCIPALS, useFactory: (view: ConfigView) => new ConfigPrincipals(view), inject: [ConfigView] },
        { provide: EXTERNAL_IDS, useFactory: (view: ConfigView) => new ConfigExternalIds(view), inject: [ConfigView] },
        { provide: IDEMPOTENCY, useFactory: (dataSource: DataSource) => new IdempotentRequests(dataSource, { pepper: config.API_KEY_PEPPER }, 'log.idempotent_requests'), inject: [DataSource] },
        Turns,
        { provide: APP_INTERCEPTOR, useClass: TurnsInterceptor },
        { provide: READINESS, useClass: LogReadiness },
        { provide: KAFKA_SETTINGS, useValue: kafka },
        KafkaWatch,
        { provide: CaughtUp, useFactory: () => new CaughtUp(kafka, `${config.TOPIC_PREFIX}.${GROUP}`) },
        { provide: Fleet, useFactory: () => new Fleet() },
        FleetTail,
        PartitionKeeper,
        { provide: LiveStreams, useFactory: () => new LiveStreams() },
        Owners,
        Unblock,
        OneDelivery,
        FailedRecords,
        Operations,
        OperationWorker,
        PayloadReads,
        Downloads,
        Notices,
        DeliveryNotices,
        TokenNotices,
        Certificates,
        { provide: NOTICES_TENANT, useValue: config.NOTICES_TO },
        NoticeWorker,
        { provide: SPANS, useValue: spans ?? null },
        FactsIngest,
        TokenEventsIngest,
        SetAside,
        SetAsideWorker,
      ],
    };
  }

  onModuleInit(): void {
    catchUpFirst(this.host.httpAdapter.getInstance<FastifyInstance>(), this.view);
  }

  /** Called after the consumers have been drained. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.producer.disconnect(), this.view.stop()]);
    await Promise.all([this.dataSource.destroy(), this.writers.destroy()]);
  }
}
