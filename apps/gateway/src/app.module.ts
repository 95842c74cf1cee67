import { Inject, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { BatchProducer, ConfigView, kafkaFor } from '@nuncio/kafka';
import { AuthModule, ConfigPrincipals, OPENAPI_PARTS, PRINCIPAL_KINDS, PRINCIPALS } from '@nuncio/service';
import { SPANS, type Spans } from '@nuncio/tracing';
import type { Config } from './config.js';
import { OIDC, OidcSignIn } from './console/oidc-sign-in.js';
import { OidcController } from './console/oidc.controller.js';
import { SessionController } from './console/session.controller.js';
import { EventsController } from './ingest/events.controller.js';
import { FanOut } from './ingest/fan-out.js';
import { PublishingQuotas } from './ingest/publishing-quotas.js';
import { JwksController } from './jwks.controller.js';
import { ListenerIds } from './listeners/listener-ids.js';
import { ListenersController } from './listeners/listeners.controller.js';
import { Listeners } from './listeners/listeners.js';
import { Holdings } from './me/holdings.js';
import { MeController } from './me/me.controller.js';
import { openApiParts } from './openapi-parts.js';
import { CONFIG, Origin } from './origin.js';

@Module({})
export class AppModule implements OnApplicationShutdown {
  constructor(
    @Inject(BatchProducer) private readonly producer: BatchProducer,
    @Inject(ConfigView) private readonly view: ConfigView,
  ) {}

  static with(config: Config, spans?: Spans): DynamicModule {
    const kafka = kafkaFor(config, 'gateway');
    return {
      module: AppModule,
      imports: [AuthModule.with(config)],
      controllers: [EventsController, JwksController, ListenersController, MeController, OidcController, SessionController],
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: SPANS, useValue: spans ?? null },
        { provide: OIDC, useValue: OidcSignIn.of(config) },
        { provide: BatchProducer, useFactory: () => BatchProducer.connected(kafka) },
        { provide: ConfigView, useFactory: () => ConfigView.started(kafka, [...PRINCIPAL_KINDS, 'event-type', 'credential', 'callback', 'subscription']) },
        { provide: PRINCIPALS, useFactory: (view: ConfigView) => new ConfigPrincipals(view), inject: [ConfigView] },
        { provide: Holdings, useFactory: (view: ConfigView) => new Holdings(view), inject: [ConfigView] },
        { provide: FanOut, useFactory: (view: ConfigView) => new FanOut(view), inject: [ConfigView] },
        { provide: PublishingQuotas, useValue: new PublishingQuotas(config.FAN_OUT_PER_SECOND) },
        { provide: OPENAPI_PARTS, useValue: openApiParts([config.CONFIG_SERVICE_URL, config.ATTEMPT_LOG_URL]) },
        { provide: Listeners, useFactory: () => new Listeners(new ListenerIds(config.API_KEY_PEPPER, config.REPLICA_URL)) },
        Origin,
      ],
    };
  }

  /** Called after the last request has been answered. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.producer.disconnect(), this.view.stop()]);
  }
}
