import { createHash } from 'node:crypto';
import { AggregateRecord, configLog, configState, streamOf, type ConfigEvent } from '@nuncio/contracts';
import { createKafka, topicName, type KafkaSettings } from '@nuncio/kafka';
import { z } from 'zod';
import { areStates, publishedBy, relayGroup } from './published.js';
import type { DeletedStream, Unpublished } from './unpublished.js';

type Kafka = ReturnType<typeof createKafka>;

/** A hash of the schema by which this release publishes states. Another release may know other fields. */
const SHAPE = createHash('sha256')
  .update(JSON.stringify(z.toJSONSchema(AggregateRecord, { io: 'input', unrepresentable: 'any' })))
  .digest('base64url');

/** The record of a state in `config.state`. */
export const message = (record: AggregateRecord) => ({ key: streamOf(record.kind, record.id), value: JSON.stringify(record) });

/**
 * Writes to `config.log` and `config.state` in transactions under a fixed `transactional.id`. Connecting fences every earlier publisher: its open
 * transaction is aborted, and it can write nothing more, however late it wakes up. Each transaction also commits the position it has reached, as an
 * offset of a group without members, so that a crash between Kafka and the database repeats nothing. Beside the offset is the hash of the schema by
 * which all states are published.
 */
export class Publisher {
  readonly #group: string;
  readonly #log: string;
  readonly #state: string;
  #shape = SHAPE;

  private constructor(
    private readonly producer: ReturnType<Kafka['producer']>,
    private readonly admin: ReturnType<Kafka['admin']>,
    private readonly prefix: string,
  ) {
    this.#group = relayGroup(prefix);
    this.#log = topicName(prefix, configLog);
    this.#state = topicName(prefix, configState);
  }

  static async connect(settings: KafkaSettings): Promise<Publisher> {
    const kafka = createKafka(settings);
    const producer = kafka.producer({ transactionalId: `${settings.topicPrefix}.config-relay`, maxInFlightRequests: 1, transactionTimeout: 15_000, createPartitioner: () => () => 0 });
    const publisher = new Publisher(producer, kafka.admin(), settings.topicPrefix);
    try {
      await Promise.all([producer.connect(), publisher.admin.connect()]);
      // The first transaction gets the producer id, and with it the fence.
      await (await producer.transaction()).abort();
      return publisher;
    } catch (error) {
      await publisher.close();
      throw error;
    }
  }

  /** The position of the last committed transaction; 0 = unknown. */
  async position(): Promise<number> {
    const { position, metadata } = await publishedBy(this.admin, this.prefix);
    if (position > 0) this.#shape = metadata;
    return position;
  }

  /** Whether another release published last. Then states may lack fields that it does not know. */
  get isBehind(): boolean {
    return this.#shape !== SHAPE;
  }

  /** Records that all states up to `position` are published by this release's schema. */
  async caughtUp(position: number): Promise<void> {
    this.#shape = SHAPE;
    await this.#transact([], position);
  }

  /** Tells Kafka once more what it may forget: the position up to which everything is published, and by which schema. */
  remind(position: number): Promise<void> {
    return this.#transact([], position);
  }

  /**
   * Throws if states were published but the topic is empty: it was lost, and new states alone would look complete. `npm run rebuild` publishes all of
   * them anew.
   */
  async requireStates(position: number): Promise<void> {
    if (position > 0 && !(await areStates(this.admin, this.prefix))) throw new Error(`${this.#state} is empty although states up to position ${position} were published: it was lost, run npm run rebuild`);
  }

  /**
   * Writes a first record to the topic of a new installation. Services wait for it, and the first change may come through one of them. It belongs to
   * an aborted transaction, so nobody reads it.
   */
  async begin(): Promise<void> {
    if (await areStates(this.admin, this.prefix)) return;
    const transaction = await this.producer.transaction();
    await transaction.send({ topic: this.#state, messages: [{ key: '', value: null }] });
    await transaction.abort();
  }

  /** All of it becomes visible together, or nothing. */
  publish({ events, states, position }: Unpublished): Promise<void> {
    const log = events.map((event: ConfigEvent) => ({ key: event.stream, value: JSON.stringify(event) }));
    return this.#transact([{ topic: this.#log, messages: log }, { topic: this.#state, messages: states.map(message) }], position);
  }

  /** Publishes states once more that are published already. */
  publishStates(states: readonly AggregateRecord[]): Promise<void> {
    return this.#transact([{ topic: this.#state, messages: states.map(message) }], null);
  }

  publishTombstones(deleted: readonly DeletedStream[]): Promise<void> {
    return this.#transact([{ topic: this.#state, messages: deleted.map(({ kind, id }) => ({ key: streamOf(kind, id), value: null })) }], null);
  }

  async #transact(topicMessages: { topic: string; messages: { key: string; value: string | null }[] }[], position: number | null): Promise<void> {
    const transaction = await this.producer.transaction();
    if (topicMessages.length) await transaction.sendBatch({ topicMessages: topicMessages.filter(({ messages }) => messages.length) });
    if (position !== null)
      await transaction.sendOffsets({ consumerGroupId: this.#group, topics: [{ topic: this.#log, partitions: [{ partition: 0, offset: String(position), metadata: this.#shape } as { partition: number; offset: string }] }] });
    await transaction.commit();
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.producer.disconnect(), this.admin.disconnect()]);
  }
}
