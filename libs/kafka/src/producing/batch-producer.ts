import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { PAYLOAD_LIMIT_BYTES, type Topic } from '@nuncio/contracts';
import type { Kafka } from 'kafkajs';
import { BrokerClock } from './broker-clock.js';
import { BrokerWriter, isRefused } from './broker-writer.js';
import { KafkaFaults } from '../connection/kafka-faults.js';
import { createProducerCluster } from '../kafkajs/kafkajs-producer.js';
import { createKafka, METADATA_MAX_AGE_MS, topicName, type KafkaSettings } from '../connection/kafka.js';
import type { Outcome } from '../connection/leaders.js';
import { bytesOf, type OutboundRecord } from './outbound-record.js';
import { PartitionQueue, type Waiting } from './partition-queue.js';
import { keyPartitioner } from './partitioner.js';
import { RequestLimit } from './request-limit.js';
import { produceFailures, type ProduceFailure } from './produce-failures.js';
import { saidBefore } from '../connection/said-before.js';

/** So many are not kept waiting for more. */
const BATCH = 500;
/** `max.message.bytes` counts for everything that a produce brings to one partition. */
const MAX_BATCH_BYTES = PAYLOAD_LIMIT_BYTES;
const MAX_BACKOFF_MS = 1_000;
const WARN_EVERY_MS = 5_000;
/** Records wait here until their topic is known. */
const NO_PARTITION = -1;

/**
 * Collects records and sends them as one produce to each leader, acks = all: a request for each record would cost more than everything else. A record that comes alone is
 * sent at once. Records that come within `lingerMs` of a produce wait until that time has passed.
 * A failed batch is sent again, partition by partition, until it is acknowledged or its signal aborts. A record that the broker will never take (too large) is
 * rejected alone. The callers bound how much may wait for a partition that cannot be written, since they wait for their own records.
 */
export class BatchProducer {
  readonly #prefix: string;
  readonly #lingerMs: number;
  readonly #backoffMs: number;
  readonly #logger = new Logger('Kafka');
  readonly #partitionOf = keyPartitioner();
  readonly #clock = new BrokerClock();
  readonly #writer: BrokerWriter;
  /** Failed batches go over connections of their own: a slow broker then delays nothing else. */
  readonly #rewriter: BrokerWriter;
  #arrived: Waiting[] = [];
  #timer: NodeJS.Timeout | undefined;
  #soon: NodeJS.Immediate | undefined;
  /** By the monotonic clock. */
  #pumpedAt = -Infinity;
  readonly #queues = new Map<string, Map<number, PartitionQueue>>();
  /** Those that have records and may send; the others are empty, or something of theirs is under way. */
  readonly #ready = new Set<PartitionQueue>();
  readonly #underWay = new Set<Promise<void>>();
  readonly #faults = new KafkaFaults();
  readonly #isOld = saidBefore({ withinMs: WARN_EVERY_MS });
  readonly #closing = new AbortController();

  constructor(kafka: Kafka, prefix: string, { lingerMs = 3, backoffMs = 100 }: { lingerMs?: number; backoffMs?: number } = {}) {
    const limit = new RequestLimit();
    const writer = () => new BrokerWriter(createProducerCluster(kafka, { metadataMaxAge: METADATA_MAX_AGE_MS }), MAX_BATCH_BYTES, this.#clock, limit);
    this.#writer = writer();
    this.#rewriter = writer();
    this.#prefix = prefix;
    this.#lingerMs = lingerMs;
    this.#backoffMs = backoffMs;
  }

  /** One that is connected, as injection wants it. */
  static async connected(settings: KafkaSettings): Promise<BatchProducer> {
    const producer = new BatchProducer(createKafka(settings), settings.topicPrefix);
    await producer.connect();
    return producer;
  }

  /** Epoch milliseconds, by the brokers' clock, as far as is known. */
  get brokerNow(): number {
    return this.#clock.now;
  }

  async connect(): Promise<void> {
    await this.#writer.cluster.connect();
  }

  /** Sends what is waiting first; what fails now is rejected. */
  async disconnect(): Promise<void> {
    this.#closing.abort();
    this.#pump();
    while (this.#underWay.size > 0) {
      await Promise.race(this.#underWay);
      this.#pump();
    }
    this.#faults.clear();
    await Promise.all([this.#writer, this.#rewriter].map(({ cluster }) => cluster.disconnect()));
  }

  /** Resolves when acknowledged by all in-sync replicas; rejects when `signal` aborts before, or when the record itself is refused. */
  send(topic: Topic, record: OutboundRecord, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#arrived.push({ topic: topicName(this.#prefix, topic), message: record, bytes: bytesOf(record), signal, resolve, reject });
      if (this.#arrived.length >= BATCH) this.#pump();
      else this.#linger();
    });
  }

  sendJson(topic: Topic, key: string, value: unknown, signal?: AbortSignal): Promise<void> {
    return this.send(topic, { key, value: JSON.stringify(value) }, signal);
  }

  /** Records of the same turn of the event loop always go together. */
  #linger(): void {
    if (this.#timer !== undefined || this.#soon !== undefined) return;
    const pump = (): void => { this.#pump(); };
    const waitMs = this.#pumpedAt + this.#lingerMs - performance.now();
    if (waitMs > 0) this.#timer = setTimeout(pump, waitMs);
    else this.#soon = setImmediate(pump);
  }

  /** Sends what can be sent. */
  #pump(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#soon);
    this.#timer = this.#soon = undefined;
    this.#pumpedAt = performance.now();
    for (const one of this.#arrived.splice(0)) this.#place(one);
    for (const writer of [this.#writer, this.#rewriter])
      for (const [leader, batches] of writer.requests(this.#led(writer))) {
        this.#start([...batches.keys()], this.#write(writer, leader, batches));
      }
  }

  #place(one: Waiting): void {
    const partitions = this.#writer.leaders.partitionsOf(one.topic);
    const partition = partitions instanceof Error ? NO_PARTITION : this.#partitionOf({ topic: one.topic, partitionMetadata: partitions, message: one.message });
    const queue = this.#queueOf(one.topic, partition);
    queue.push(one);
    if (queue.isAway) return;
    if (partition === NO_PARTITION) this.#start([queue], this.#relearn(queue));
    else this.#ready.add(queue);
  }

  #queueOf(topic: string, partition: number): PartitionQueue {
    let queues = this.#queues.get(topic);
    if (!queues) {
      queues = new Map();
      this.#queues.set(topic, queues);
    }
    let queue = queues.get(partition);
    if (!queue) {
      queue = new PartitionQueue(topic, partition);
      queues.set(partition, queue);
    }
    return queue;
  }

  #writerOf(queue: PartitionQueue): BrokerWriter {
    return queue.failures > 0 ? this.#rewriter : this.#writer;
  }

  /** The queues that a writer may send from, each with the leader of its partition. */
  #led(writer: BrokerWriter): [PartitionQueue, number][] {
    const led: [PartitionQueue, number][] = [];
    for (const queue of this.#ready) {
      if (this.#writerOf(queue) !== writer) continue;
      const leader = writer.leaders.leaderOf(queue.topic, queue.partition);
      if (leader instanceof Error) this.#failed(queue, leader);
      else led.push([queue, leader]);
    }
    return led;
  }

  /** These queues are away until it is done. */
  #start(queues: readonly PartitionQueue[], work: Promise<void>): void {
    for (const queue of queues) {
      queue.isAway = true;
      this.#ready.delete(queue);
    }
    this.#underWay.add(work);
    void work.then(() => {
      this.#underWay.delete(work);
      let waiting = this.#arrived.length;
      for (const { length } of this.#ready) waiting += length;
      if (waiting >= BATCH) this.#pump();
      else if (waiting > 0) this.#linger();
    });
  }

  #return(queue: PartitionQueue): void {
    queue.isAway = false;
    if (queue.length > 0) this.#ready.add(queue);
  }

  async #write(writer: BrokerWriter, leader: number, batches: Map<PartitionQueue, Waiting[]>): Promise<void> {
    writer.cluster.refreshMetadataIfNecessary().catch(() => undefined);
    for (const [queue, batch, outcome] of await writer.write(leader, batches)) this.#settle(queue, batch, outcome);
  }

  #settle(queue: PartitionQueue, batch: Waiting[], outcome: Outcome): void {
    if (outcome instanceof Error) produceFailures.publish({ topic: queue.topic.slice(this.#prefix.length + 1) } satisfies ProduceFailure);
    if (!(outcome instanceof Error)) {
      queue.settled(batch.length);
      this.#faults.end('write', queue.topic);
      for (const { resolve } of batch) resolve();
    } else if (!isRefused(outcome)) {
      queue.putBack(batch);
      this.#failed(queue, outcome);
      return;
    } else if (batch.length > 1) queue.putBackSingly(batch);
    else {
      queue.settled(batch.length);
      for (const { reject } of batch) reject(outcome);
    }
    this.#return(queue);
  }

  /** Nothing of this partition can be written now, for a reason that is not its records'. */
  #failed(queue: PartitionQueue, error: Error): void {
    queue.dismiss();
    if (this.#closing.signal.aborted) for (const { reject } of queue.takeAll()) reject(error);
    if (queue.length > 0) {
      this.#warn(queue.topic, error);
      const backoffMs = Math.min(MAX_BACKOFF_MS, this.#backoffMs * 2 ** queue.failures++);
      this.#start([queue], pause(backoffMs, undefined, { signal: this.#closing.signal }).then(() => this.#relearn(queue), () => this.#relearn(queue)));
    } else {
      queue.isAway = false;
      this.#ready.delete(queue);
    }
  }

  async #relearn(queue: PartitionQueue): Promise<void> {
    const { topic, partition, failures } = queue;
    const learning = (failures > 0 ? [this.#writer, this.#rewriter] : [this.#writer]).map((writer) => writer.learn(topic));
    const trouble = (await Promise.allSettled(learning)).find(({ status }) => status === 'rejected') as PromiseRejectedResult | undefined;
    const partitions = this.#writer.leaders.partitionsOf(topic);
    if (!(partitions instanceof Error) && !partitions.some(({ partitionId }) => partitionId === partition)) {
      queue.isAway = false;
      for (const one of queue.takeAll()) this.#place(one);
    } else if (trouble && this.#writerOf(queue).leaders.leaderOf(topic, partition) instanceof Error) this.#failed(queue, trouble.reason as Error);
    else this.#return(queue);
  }

  #warn(topic: string, error: Error): void {
    const wasStanding = this.#faults.has('write', topic);
    const isStanding = this.#faults.meetError('write', topic, error);
    // The next record that is written ends the fault. If all who had one have given up, it would stand for ever.
    if (isStanding && !wasStanding) this.#start([], this.#rewriter.untilWritable(topic, this.#closing.signal).then((isWritable) => { if (isWritable) this.#faults.end('write', topic); }));
    if (isStanding || this.#isOld(topic)) return;
    let waiting = 0;
    for (const { length } of this.#queues.get(topic)?.values() ?? []) waiting += length;
    this.#logger.warn(`Kafka has not acknowledged ${waiting} records for ${topic}. They are sent again until it does: ${String(error)}`);
  }
}
