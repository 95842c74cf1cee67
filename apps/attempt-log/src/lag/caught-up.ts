import { Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { attempts } from '@nuncio/contracts';
import { createKafka, topicName, type KafkaSettings } from '@nuncio/kafka';
import { Recurring } from '../recurring.js';

type Admin = Pick<ReturnType<ReturnType<typeof createKafka>['admin']>, 'fetchOffsets' | 'fetchTopicOffsets'>;

const EVERY_MS = 250;

/**
 * Whether the log has read everything that was in its topics when this process started. A log that is behind shows deliveries as parked that were
 * sent long ago. So until it has caught up, no delivery is sent or expired without a request.
 */
export class CaughtUp implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #admin;
  readonly #logger = new Logger('CaughtUp');
  readonly #listeners = new Set<() => void>();
  #ends: ReadonlyMap<number, number> | null = null;
  #isSo = false;
  readonly #looks = new Recurring({
    work: () => this.#look(),
    nextInMs: () => EVERY_MS,
    onFailure: (error) => {
      this.#logger.warn(`cannot find out whether the log has caught up: ${String(error)}`);
    },
  });

  /** `groupId`: the log's consumer group, by its name in Kafka. */
  constructor(
    private readonly settings: KafkaSettings,
    private readonly groupId: string,
  ) {
    this.#admin = createKafka(settings).admin();
  }

  /** Whether the ends of the topics are known. */
  get hasLooked(): boolean {
    return this.#ends !== null;
  }

  get isSo(): boolean {
    return this.#isSo;
  }

  /** Calls the listener once, as soon as the log has caught up. */
  whenSo(listener: () => void): void {
    if (this.#isSo) listener();
    else this.#listeners.add(listener);
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.#admin.connect();
    this.#looks.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#looks.stop();
    await this.#admin.disconnect();
  }

  async #look(): Promise<void> {
    const topic = topicName(this.settings.topicPrefix, attempts);
    this.#ends ??= await endsOf(this.#admin, topic);
    if (!(await hasRead(this.#admin, this.groupId, topic, this.#ends))) return;
    this.#isSo = true;
    void this.#looks.stop();
    for (const listener of this.#listeners) listener();
  }
}

/** The end offset of each partition that has records. */
async function endsOf(admin: Admin, topic: string): Promise<Map<number, number>> {
  const offsets = await admin.fetchTopicOffsets(topic);
  return new Map(offsets.filter(({ low, high }) => Number(high) > Number(low)).map(({ partition, high }) => [partition, Number(high)]));
}

async function hasRead(admin: Admin, groupId: string, topic: string, ends: ReadonlyMap<number, number>): Promise<boolean> {
  const [group] = await admin.fetchOffsets({ groupId, topics: [topic] });
  const committed = new Map(group?.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
  return [...ends].every(([partition, end]) => (committed.get(partition) ?? -1) >= end);
}
