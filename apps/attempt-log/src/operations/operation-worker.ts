import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { BatchProducer, ConfigView } from '@nuncio/kafka';
import { DataSource } from 'typeorm';
import { broughtBack } from '../metrics.js';
import { workOff } from './work-off.js';

const EVERY_MS = 250;

/** Works off operations, whichever replica comes to one first. */
@Injectable()
export class OperationWorker implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #logger = new Logger('Operations');
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | null = null;
  #stopping = false;
  #failing = false;

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(BatchProducer) private readonly producer: BatchProducer,
    @Inject(ConfigView) private readonly view: ConfigView,
  ) {}

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => {
      this.#running ??= this.#work().finally(() => (this.#running = null));
    }, EVERY_MS);
  }

  async onModuleDestroy(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#timer);
    await this.#running;
  }

  async #work(): Promise<void> {
    try {
      const ports = { producer: this.producer, view: this.view };
      for (let sent: number | null = 0; sent !== null && !this.#stopping;) {
        sent = await workOff(this.dataSource, ports, Date.now());
        broughtBack.inc(sent ?? 0);
      }
      this.#failing = false;
    } catch (error) {
      if (!this.#failing) this.#logger.warn(`operations wait: ${String(error)}`);
      this.#failing = true;
    }
  }
}
