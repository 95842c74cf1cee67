import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { BatchProducer } from '@nuncio/kafka';
import { DataSource } from 'typeorm';
import { expireParked } from '../redelivery/expire-parked.js';
import { CaughtUp } from '../lag/caught-up.js';
import { Recurring } from '../recurring.js';
import { ONLY_SHOWN, Partitions } from './partitions.js';

const EVERY_MS = 3_600_000;
/** After a failure, and while the log is behind. */
const AGAIN_MS = 60_000;

/**
 * Runs every hour. Drops attempts past retention, which needs no room on the disk; then makes tomorrow's partitions ahead. Once the log has caught up,
 * expires deliveries that were parked for too long, and drops all days past retention.
 */
@Injectable()
export class PartitionKeeper implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger('Partitions');
  #nextInMs = 0;
  readonly #keeps = new Recurring({
    work: () => this.#keep(),
    nextInMs: () => this.#nextInMs,
    onFailure: (error) => {
      this.#logger.warn(`cannot keep partitions, next try in a minute: ${String(error)}`);
    },
  });

  constructor(
    @Inject(Partitions) private readonly partitions: Partitions,
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(BatchProducer) private readonly producer: BatchProducer,
    @Inject(CaughtUp) private readonly caughtUp: Pick<CaughtUp, 'isSo' | 'whenSo'>,
  ) {}

  onApplicationBootstrap(): void {
    this.#keeps.start();
    this.caughtUp.whenSo(() => {
      this.#nextInMs = 0;
      this.#keeps.hurry();
    });
  }

  onApplicationShutdown(): void {
    void this.#keeps.stop();
  }

  async #keep(): Promise<void> {
    this.#nextInMs = AGAIN_MS;
    const now = Date.now();
    this.#tell(await this.partitions.dropExpired(now, ONLY_SHOWN));
    await this.partitions.ahead(now);
    if (!this.caughtUp.isSo) return;
    const expired = await expireParked(this.dataSource, this.producer, { now, keptFrom: this.partitions.keptFrom(now) });
    if (expired) this.#logger.log(`parked for too long, expired: ${expired}`);
    this.#tell(await this.partitions.dropExpired(now));
    this.#nextInMs = EVERY_MS;
  }

  #tell(dropped: readonly string[]): void {
    if (dropped.length) this.#logger.log(`dropped by retention: ${dropped.join(', ')}`);
  }
}
