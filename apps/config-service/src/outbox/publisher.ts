import { createHash } from 'node:crypto';
import { AggregateRecord, configLog, configState, streamOf, type ConfigEvent } from '@nuncio/contracts';
import { createKafka, topicName, type KafkaSettings } from '@nuncio/kafka';
import { z } from 'zod';
import { areStates, publishedBy, relayGroup } from './published.js';
import type { Grave, Unpublished } from './unpublished.js';

type Kafka = ReturnType<typeof createKafka>;

/** Of what this release publishes of states: another one knows other fields. */
const SHAPE = createHash('sha256')
  .update(JSON.stringify(z.toJSONSchema(AggregateRecord, { io: 'input', unrepresentable: 'any' })))
  .digest('base64url');

/** A state as it lies in `config.state`. */
export const message = (record: AggregateRecord) => ({ key: streamOf(record.kind, record.id), value: JSON.stringify(record) });

/**
 * Writes to `config.log` and `config.state` in transactions of one fixed `transactional.id`. Connecting fences every publisher before it: whatever one of
 * them has open is aborted, and it can write no more, however late it wakes up. How far it has come is committed with each transaction, as an offset of a
 * group that nobody consumes with; so a crash between Kafka and the database repeats nothing. Beside it stands of which shape all states are.
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
      // The producer id, and with it the fence, comes with the first transaction.
      await (await producer.transaction()).abort();
      return publisher;
    } catch (error) {
      await publisher.close();
      throw error;
    }
  }

  /** Of the last event that a committed transaction carried; 0 = none is known of. */
  async position(): Promise<number> {
    const { position, metadata } = await publishedBy(this.admin, this.prefix);
    if (position > 0) this.#shape = metadata;
    return position;
  }

  /** Whether another release published last: states may lack what it does not know. */
  get isBehind(): boolean {
    return this.#shape !== SHAPE;
  }

  /** All states up to `position` are as this release knows them. */
  async caughtUp(position: number): Promise<void> {
    this.#shape = SHAPE;
    await this.#transact([], position);
  }

  /**
   * Throws where states were published and the topic is empty: it was lost, and what is new alone would look like all there is. `npm run rebuild` makes it anew,
   * all at once.
   */
  async requireStates(position: number): Promise<void> {
    if (position > 0 && !(await areStates(this.admin, this.prefix))) throw new Error(`${this.#state} is empty and has been published up to position ${position}: it was lost, run npm run rebuild`);
  }

  /**
   * Has the topic of a new installation begin. Services wait for its first record, and the first change may come through one of them. The record is part of an
   * aborted transaction, so that nobody reads it.
   */
  async begin(): Promise<void> {
    if (await areStates(this.admin, this.prefix)) return;
    const transaction = await this.producer.transaction();
    await transaction.send({ topic: this.#state, messages: [{ key: '', value: null }] });
    await transaction.abort();
  }

  /** All of it or nothing becomes visible. */
  publish({ events, states, position }: Unpublished): Promise<void> {
    const log = events.map((event: ConfigEvent) => ({ key: event.stream, value: JSON.stringify(event) }));
    return this.#transact([{ topic: this.#log, messages: log }, { topic: this.#state, messages: states.map(message) }], position);
  }

  /** States that are published already, once more. */
  publishStates(states: readonly AggregateRecord[]): Promise<void> {
    return this.#transact([{ topic: this.#state, messages: states.map(message) }], null);
  }

  publishTombstones(graves: readonly Grave[]): Promise<void> {
    return this.#transact([{ topic: this.#state, messages: graves.map(({ kind, id }) => ({ key: streamOf(kind, id), value: null })) }], null);
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
