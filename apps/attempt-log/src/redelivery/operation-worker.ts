import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { BatchProducer, ConfigView } from '@nuncio/kafka';
import { DataSource } from 'typeorm';
import { LogWriter } from '../ingest/log-writer.js';
import { CaughtUp } from '../lag/caught-up.js';
import { redelivered } from '../metrics.js';
import { Notices } from '../notices/notices.js';
import { Recurring } from '../recurring.js';
import { Operations } from './operations.js';
import { TenantShares } from './tenant-shares.js';
import { workOff } from './work-off.js';

/**
 * How often to look for due operations. While one is sending, the looks are frequent, so that it sends at an even rate.
 */
const BUSY_MS = 25;
const WAITING_MS = 250;
/** How often to look if none is running here. Finds operations whose replica has stopped. */
const IDLE_MS = 5_000;

const SOME_RUNNING = `SELECT FROM log.operations WHERE state = 'running' LIMIT 1`;

/** Runs operations. Any replica may take the next batch of any operation. */
@Injectable()
export class OperationWorker implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #logger = new Logger('Operations');
  readonly #shares = new TenantShares();
  readonly #looks = new Recurring({
    work: () => this.#work(),
    nextInMs: () => (!this.#isRunning ? IDLE_MS : Date.now() - this.#lastWorkedAt < WAITING_MS ? BUSY_MS : WAITING_MS),
    onFailure: (error) => {
      this.#logger.warn(`cannot run operations at the moment: ${String(error)}`);
    },
  });
  #lastWorkedAt = 0;
  #isRunning = true;

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(BatchProducer) private readonly producer: BatchProducer,
    @Inject(ConfigView) private readonly view: ConfigView,
    @Inject(LogWriter) private readonly writer: LogWriter,
    @Inject(Notices) private readonly notices: Notices,
    @Inject(Operations) private readonly operations: Operations,
    @Inject(CaughtUp) private readonly caughtUp: Pick<CaughtUp, 'whenSo'>,
  ) {}

  onApplicationBootstrap(): void {
    this.operations.onRunning(() => {
      this.#isRunning = true;
      this.#looks.hurry();
    });
    this.caughtUp.whenSo(() => {
      if (!this.#looks.isStopping) this.#looks.start();
    });
  }

  onModuleDestroy(): Promise<void> {
    return this.#looks.stop();
  }

  async #work(): Promise<void> {
    this.#isRunning = false;
    this.#isRunning = (await this.dataSource.query<unknown[]>(SOME_RUNNING)).length > 0 || this.#isRunning;
    if (!this.#isRunning) return;
    const ports = { producer: this.producer, writer: this.writer, view: this.view, notices: this.notices, shares: this.#shares };
    for (let sent: number | null = 0; sent !== null && !this.#looks.isStopping;) {
      sent = await workOff(this.dataSource, ports, Date.now());
      redelivered.inc(sent ?? 0);
      if (sent !== null) this.#lastWorkedAt = Date.now();
    }
  }
}
