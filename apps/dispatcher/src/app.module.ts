import { Module, type DynamicModule, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { BatchProducer } from '@nuncio/kafka';
import { READINESS, VITALS } from '@nuncio/service';
import type { Spans } from '@nuncio/tracing';
import type { DispatcherEnv } from './config.js';
import { Dispatcher } from './dispatcher.js';
import { ErrandsController } from './intake/errands.controller.js';
import { EventsController } from './intake/events.controller.js';
import { SamplesController } from './intake/samples.controller.js';

@Module({})
export class AppModule implements OnModuleInit, OnApplicationShutdown {
  constructor(private readonly dispatcher: Dispatcher) {}

  static with(env: DispatcherEnv, spans?: Spans): DynamicModule {
    const dispatcher = new Dispatcher(env, spans);
    return {
      module: AppModule,
      controllers: [EventsController, ErrandsController, SamplesController],
      providers: [
        { provide: Dispatcher, useValue: dispatcher },
        { provide: BatchProducer, useValue: dispatcher.producer },
        { provide: READINESS, useValue: { ready: () => dispatcher.missing() } },
        { provide: VITALS, useValue: dispatcher },
      ],
    };
  }

  async onModuleInit(): Promise<void> {
    await this.dispatcher.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.dispatcher.stop();
  }
}
