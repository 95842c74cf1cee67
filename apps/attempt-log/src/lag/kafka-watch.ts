import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Offsets, type KafkaSettings } from '@nuncio/kafka';
import { Recurring } from '../recurring.js';
import { Lags, type GroupLag } from './lags.js';

const EVERY_MS = 10_000;

export const KAFKA_SETTINGS = Symbol('KafkaSettings');

/** Asks Kafka regularly how far consumer groups are behind. */
@Injectable()
export class KafkaWatch implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #offsets;
  readonly #logger = new Logger('KafkaWatch');
  readonly #lags = new Lags();
  readonly #looks = new Recurring({
    work: () => this.#lags.look(this.#offsets, this.settings.topicPrefix),
    nextInMs: () => EVERY_MS,
    onFailure: (error) => {
      this.#logger.warn(`the lag of a consumer group is unknown at the moment: ${String(error)}`);
    },
  });

  constructor(@Inject(KAFKA_SETTINGS) private readonly settings: KafkaSettings) {
    this.#offsets = new Offsets(settings);
  }

  /** The lag of each partition, as of the last look. */
  get lags(): GroupLag[] {
    return this.#lags.all;
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.#looks.startNow();
  }

  async onApplicationShutdown(): Promise<void> {
    // A look under way ends with its connection: while Kafka is away it would last.
    void this.#looks.stop();
    await this.#offsets.disconnect();
  }
}
