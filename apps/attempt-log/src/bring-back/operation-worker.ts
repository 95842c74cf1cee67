import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { BatchProducer, ConfigView } from '@nuncio/kafka';
import { DataSource } from 'typeorm';
import { LogWriter } from '../ingest/log-writer.js';
import { broughtBack } from '../metrics.js';
import { Notices } from '../notices/notices.js';
import { TenantShares } from './tenant-shares.js';
import { workOff } from './work-off.js';

/** Between two looks for what is due; while an operation goes on they follow each other quickly, so that it goes evenly. */
const IDLE_MS = 250;
const BUSY_MS = 25;

/** Works off operations, whichever replica comes to one first. */
@Injectable()
export class OperationWorker implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #logger = new Logger('Operations');
  readonly #shares = new TenantShares();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | null = null;
  #lastWorkedAt = 0;
  #stopping = false;
  #failing = false;

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(BatchProducer) private readonly producer: BatchProducer,
    @Inject(ConfigView) private readonly view: ConfigView,
    @Inject(LogWriter) private readonly writer: LogWriter,
    @Inject(Notices) private readonly notices: Notices,
  ) {}

  onApplicationBootstrap(): void {
    this.#lookIn(IDLE_MS);
  }

  async onModuleDestroy(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  #lookIn(ms: number): void {
    this.#timer = setTimeout(() => {
      this.#running = this.#work().then((worked) => {
        if (worked) this.#lastWorkedAt = Date.now();
        if (!this.#stopping) this.#lookIn(Date.now() - this.#lastWorkedAt < IDLE_MS ? BUSY_MS : IDLE_MS);
      });
    }, ms);
  }

  /** Whether there was something to do. */
  async #work(): Promise<boolean> {
    let worked = false;
    try {
      const ports = { producer: this.producer, writer: this.writer, view: this.view, notices: this.notices, shares: this.#shares };
      for (let sent: number | null = 0; sent !== null && !this.#stopping;) {
        sent = await workOff(this.dataSource, ports, Date.now());
        broughtBack.inc(sent ?? 0);
        worked ||= sent !== null;
      }
      this.#failing = false;
    } catch (error) {
      if (!this.#failing) this.#logger.warn(`operations wait: ${String(error)}`);
      this.#failing = true;
    }
    return worked;
  }
}
