import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Kafka, logLevel, Partitioners, type Admin, type KafkaMessage, type Message, type Producer, type RecordMetadata } from 'kafkajs';
import { eventually } from './eventually.js';

/** Many times the 250 ms after which services commit. */
const QUIET_MS = 2_500;

/** The cluster as any client sees it: a plain client that knows only topic names. */
export class Cluster {
  readonly #kafka: Kafka;
  readonly #producer: Producer;
  #connected: Promise<void> | null = null;

  constructor(
    brokers: string,
    readonly topicPrefix: string,
  ) {
    this.#kafka = new Kafka({ clientId: 'blackbox', brokers: brokers.split(','), logLevel: logLevel.NOTHING });
    // Without its own retries: between them it does not learn of a new leader (tulios/kafkajs#1303).
    this.#producer = this.#kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, retry: { retries: 0 } });
  }

  /** Sends all of them again if some fail. */
  async send(topic: string, messages: Message[]): Promise<RecordMetadata[]> {
    await (this.#connected ??= this.#producer.connect());
    return eventually(() => this.#producer.send({ topic: `${this.topicPrefix}.${topic}`, acks: -1, messages }));
  }

  /** Names of the installation's topics, without its prefix. */
  async topics(): Promise<string[]> {
    const own = `${this.topicPrefix}.`;
    const names = await this.#ask((admin) => admin.listTopics());
    return names.filter((name) => name.startsWith(own)).map((name) => name.slice(own.length));
  }

  /** Names of the installation's consumer groups, without its prefix. */
  async groups(): Promise<string[]> {
    const own = `${this.topicPrefix}.`;
    const { groups } = await this.#ask((admin) => admin.listGroups());
    return groups.filter(({ groupId }) => groupId.startsWith(own)).map(({ groupId }) => groupId.slice(own.length));
  }

  /** Deletes a topic, as if by mistake. Resolves when the cluster no longer lists it. */
  async lose(topic: string): Promise<void> {
    await this.#ask((admin) => admin.deleteTopics({ topics: [`${this.topicPrefix}.${topic}`] }));
    await eventually(async () => {
      if ((await this.topics()).includes(topic)) throw new Error(`${topic} is still there`);
    });
  }

  /** All records that are in a topic now. */
  async read(topic: string): Promise<KafkaMessage[]> {
    const name = `${this.topicPrefix}.${topic}`;
    const left = await this.#ends(name);
    const messages: KafkaMessage[] = [];
    if (left.size === 0) return messages;
    const consumer = this.#kafka.consumer({ groupId: `${this.topicPrefix}.reader.${randomUUID()}`, maxWaitTimeInMs: 100 });
    await consumer.connect();
    await consumer.subscribe({ topic: name, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      consumer
        .run({
          autoCommit: false,
          eachBatch: async ({ batch }) => {
            const end = left.get(batch.partition);
            messages.push(...batch.messages);
            if (end !== undefined && BigInt(batch.lastOffset()) >= end - 1n) left.delete(batch.partition);
            if (left.size === 0) resolve();
          },
        })
        .catch(reject);
    });
    await consumer.disconnect();
    return messages;
  }

  /** The number of a consumer group's members; NaN during a rebalance. */
  members(group: string): Promise<number> {
    return this.#ask(async (admin) => {
      const { groups } = await admin.describeGroups([`${this.topicPrefix}.${group}`]);
      return groups[0]?.state === 'Stable' ? groups[0].members.length : NaN;
    });
  }

  /**
   * Waits until a consumer group commits no more offsets of these topics, so that everything it has finished is
   * committed.
   */
  async quiet(group: string, topics: readonly string[]): Promise<void> {
    const names = topics.map((topic) => `${this.topicPrefix}.${topic}`);
    await this.#ask(async (admin) => {
      const committed = async (): Promise<string> => JSON.stringify(await admin.fetchOffsets({ groupId: `${this.topicPrefix}.${group}`, topics: names }));
      for (let [before, now] = ['', await committed()]; before !== now; [before, now] = [now, await committed()]) await delay(QUIET_MS);
    });
  }

  async close(): Promise<void> {
    if (this.#connected) await this.#producer.disconnect();
  }

  /** The ends of partitions that have records. */
  async #ends(topic: string): Promise<Map<number, bigint>> {
    const offsets = await this.#ask((admin) => admin.fetchTopicOffsets(topic));
    return new Map(offsets.filter(({ low, high }) => low !== high).map(({ partition, high }) => [partition, BigInt(high)]));
  }

  async #ask<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = this.#kafka.admin();
    await admin.connect();
    try {
      return await question(admin);
    } finally {
      await admin.disconnect();
    }
  }
}
