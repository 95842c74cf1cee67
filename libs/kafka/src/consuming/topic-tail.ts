import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Topic } from '@nuncio/contracts';
import type Cluster from 'kafkajs/src/cluster/index.js';
import { brokerError, isClosed } from '../connection/broker-error.js';
import { UndecodableBatch } from './fetched-batches.js';
import { KafkaFaults } from '../connection/kafka-faults.js';
import { createProducerCluster } from '../kafkajs/kafkajs-producer.js';
import { createKafka, METADATA_MAX_AGE_MS, QUIET_MS, topicName, type KafkaSettings } from '../connection/kafka.js';
import { hangUp } from '../kafkajs/kafkajs-waiting.js';
import { Leaders } from '../connection/leaders.js';
import { saidBefore } from '../connection/said-before.js';
import { offsetOf } from './offset-of.js';

const MAX_BYTES = 1_048_576;
const AGAIN_AFTER_MS = 1_000;
const NO_OFFSET = '-1';
const NOTHING = { responses: [] };

/** A record of the tail. `at`: the broker's timestamp in epoch milliseconds. */
export interface TailRecord {
  readonly value: Buffer | null;
  readonly at: number;
}

/**
 * The end of a topic with one partition, from some time ago on, for a process that wants to hear what is published and has nothing to finish. It is
 * in no group and commits nothing. After a fault it may get records again.
 */
export class TopicTail {
  readonly #name: string;
  readonly #cluster: Cluster;
  readonly #leaders: Leaders;
  readonly #logger = new Logger('Kafka');
  readonly #faults = new KafkaFaults();
  readonly #stopped = new AbortController();
  readonly #isOld = saidBefore();
  #offset = NO_OFFSET;

  constructor(
    settings: KafkaSettings,
    topic: Topic,
    private readonly options: { readonly sinceMs: number; readonly onRecord: (record: TailRecord) => void },
  ) {
    this.#name = topicName(settings.topicPrefix, topic);
    this.#cluster = createProducerCluster(createKafka(settings), { metadataMaxAge: METADATA_MAX_AGE_MS });
    this.#leaders = new Leaders(this.#cluster);
  }

  /** Reads until it is stopped; failures are tried again. */
  start(): void {
    void this.#read();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    const leader = this.#leaders.leaderOf(this.#name, 0);
    if (!(leader instanceof Error)) await hangUp(this.#cluster.brokerPool.brokers, leader);
    await this.#cluster.disconnect();
    this.#faults.clear();
  }

  async #read(): Promise<void> {
    while (!this.#isStopped())
      try {
        await this.#follow();
      } catch (error) {
        if (brokerError(error) === 'OFFSET_OUT_OF_RANGE') this.#offset = NO_OFFSET;
        const line = `${this.#name} cannot be read; trying again: ${String(error)}`;
        if (!this.#isStopped() && !this.#faults.meetError('read', this.#name, error) && !this.#isOld(line)) this.#logger.warn(line);
        await this.#pause();
      }
  }

  async #pause(): Promise<void> {
    await pause(AGAIN_AFTER_MS, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
  }

  #isStopped(): boolean {
    return this.#stopped.signal.aborted;
  }

  async #follow(): Promise<void> {
    await this.#cluster.connect();
    await this.#cluster.addMultipleTargetTopics([this.#name]);
    await this.#cluster.refreshMetadata();
    if (this.#offset === NO_OFFSET) this.#offset = await this.#beginning();
    while (!this.#isStopped()) await this.#fetch();
  }

  /** The end is asked for first: what is written before the second answer is after it. */
  async #beginning(): Promise<string> {
    this.#leader();
    const place = { topic: this.#name, partition: 0 };
    const end = (await offsetOf(this.#cluster, place, { fromBeginning: false })) ?? NO_OFFSET;
    const since = (await offsetOf(this.#cluster, place, { fromTimestamp: Date.now() - this.options.sinceMs })) ?? NO_OFFSET;
    return since === NO_OFFSET ? end : since;
  }

  async #fetch(): Promise<void> {
    const broker = await this.#cluster.findBroker({ nodeId: this.#leader() });
    const partition = { partition: 0, fetchOffset: this.#offset, maxBytes: MAX_BYTES };
    const request = { maxWaitTime: QUIET_MS, minBytes: 1, maxBytes: MAX_BYTES, topics: [{ topic: this.#name, partitions: [partition] }] };
    // Brokers close connections that are idle, also those that wait for records. If this one is away, the next connection fails.
    const { responses } = await broker.fetch(request).catch((error: unknown) => {
      if (isClosed(error)) return NOTHING;
      throw error;
    });
    if (responses.length === 0) return this.#pause();
    this.#faults.end('read', this.#name);
    for (const message of responses[0]?.partitions[0]?.messages ?? []) {
      // A batch comes as a whole, even if an offset in the middle of it was requested.
      if (BigInt(message.offset) < BigInt(this.#offset)) continue;
      this.#offset = String(BigInt(message.offset) + 1n);
      if (!message.isControlRecord && !(message instanceof UndecodableBatch)) this.options.onRecord({ value: message.value ?? null, at: Number(message.timestamp) });
    }
  }

  #leader(): number {
    const leader = this.#leaders.leaderOf(this.#name, 0);
    if (leader instanceof Error) throw leader;
    return leader;
  }
}
