import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { attempts, events, tokenEvents } from '@nuncio/contracts';
import { createKafka, topicName, type KafkaSettings } from '@nuncio/kafka';
import { lagRecords } from '../metrics.js';

const TOPICS = [attempts, events, tokenEvents];
const EVERY_MS = 10_000;

export interface LagSettings {
  readonly kafka: KafkaSettings;
  /** The consumer group as Kafka knows it. */
  readonly groupId: string;
}
export const LAG_SETTINGS = Symbol('LagSettings');

/** Keeps the metric of what is waiting in Kafka up to date. It asks Kafka, not the consumer: what does not come in is waiting, too. */
@Injectable()
export class Lag implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #admin;
  readonly #logger = new Logger('Lag');
  #timer: NodeJS.Timeout | undefined;

  constructor(@Inject(LAG_SETTINGS) private readonly settings: LagSettings) {
    this.#admin = createKafka(settings.kafka).admin();
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.#admin.connect();
    await this.#look();
    this.#timer = setInterval(() => void this.#look(), EVERY_MS);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.#admin.disconnect();
  }

  async #look(): Promise<void> {
    try {
      for (const topic of TOPICS) lagRecords.set({ topic: topic.name }, await this.#lagOf(topicName(this.settings.kafka.topicPrefix, topic)));
    } catch (error) {
      this.#logger.warn(`the lag is not known at the moment: ${String(error)}`);
    }
  }

  /** A partition of which nothing is committed is read from its beginning. */
  async #lagOf(topic: string): Promise<number> {
    const [ends, groups] = await Promise.all([
      this.#admin.fetchTopicOffsets(topic),
      this.#admin.fetchOffsets({ groupId: this.settings.groupId, topics: [topic] }),
    ]);
    const committed = new Map(groups.flatMap(({ partitions }) => partitions.map(({ partition, offset }) => [partition, Number(offset)])));
    return ends.reduce((lag, { partition, low, high }) => lag + Math.max(0, Number(high) - Math.max(Number(low), committed.get(partition) ?? 0)), 0);
  }
}
