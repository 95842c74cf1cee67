import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { createKafka, type KafkaSettings } from '@nuncio/kafka';
import { DueWork } from './due-work.js';
import { lookAtLag } from './lag.js';

const EVERY_MS = 10_000;

export type Admin = Pick<ReturnType<ReturnType<typeof createKafka>['admin']>, 'fetchOffsets' | 'fetchTopicOffsets' | 'fetchTopicOffsetsByTimestamp'>;

export interface WatchSettings {
  readonly kafka: KafkaSettings;
  /** The log's consumer group as Kafka knows it. */
  readonly groupId: string;
}
export const WATCH_SETTINGS = Symbol('WatchSettings');

/** Keeps the metrics up to date that are asked of Kafka: how far the log is behind, and what is due for dispatchers. */
@Injectable()
export class KafkaWatch implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #admin;
  readonly #logger = new Logger('KafkaWatch');
  readonly #due = new DueWork();
  #timer: NodeJS.Timeout | undefined;

  constructor(@Inject(WATCH_SETTINGS) private readonly settings: WatchSettings) {
    this.#admin = createKafka(settings.kafka).admin();
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.#admin.connect();
    await this.#lag();
    void this.#dueWork();
    this.#timer = setInterval(() => {
      void this.#lag();
      void this.#dueWork();
    }, EVERY_MS);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.#admin.disconnect();
  }

  #lag(): Promise<void> {
    return this.#look('the lag', lookAtLag(this.#admin, this.settings));
  }

  #dueWork(): Promise<void> {
    return this.#look('what is due', this.#due.look(this.#admin, this.settings.kafka.topicPrefix));
  }

  async #look(what: string, looked: Promise<void>): Promise<void> {
    await looked.catch((error: unknown) => {
      this.#logger.warn(`${what} is not known at the moment: ${String(error)}`);
    });
  }
}
