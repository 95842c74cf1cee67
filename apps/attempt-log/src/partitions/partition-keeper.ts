import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { BatchProducer } from '@nuncio/kafka';
import { DataSource } from 'typeorm';
import { expireParked } from '../redelivery/expire-parked.js';
import { CaughtUp } from '../lag/caught-up.js';
import { Partitions } from './partitions.js';

const EVERY_MS = 3_600_000;

/**
 * Runs every hour. Makes tomorrow's partitions ahead. Once the log has caught up, expires deliveries that were parked for too long, and drops days
 * past retention.
 */
@Injectable()
export class PartitionKeeper implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger('Partitions');
  #timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(Partitions) private readonly partitions: Partitions,
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(BatchProducer) private readonly producer: BatchProducer,
    @Inject(CaughtUp) private readonly caughtUp: Pick<CaughtUp, 'isSo' | 'whenSo'>,
  ) {}

  onApplicationBootstrap(): void {
    void this.#keep();
    if (!this.caughtUp.isSo) this.caughtUp.whenSo(() => void this.#keep());
    this.#timer = setInterval(() => void this.#keep(), EVERY_MS);
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  async #keep(): Promise<void> {
    try {
      const now = Date.now();
      await this.partitions.ahead(now);
      if (!this.caughtUp.isSo) return;
      const expired = await expireParked(this.dataSource, this.producer, { now, keptFrom: this.partitions.keptFrom(now) });
      if (expired) this.#logger.log(`parked for too long, expired: ${expired}`);
      const dropped = await this.partitions.dropExpired(now);
      if (dropped.length) this.#logger.log(`dropped by retention: ${dropped.join(', ')}`);
    } catch (error) {
      this.#logger.warn(`cannot keep partitions, next try in an hour: ${String(error)}`);
    }
  }
}
