import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { PAYLOAD_LIMIT_BYTES, type RecordHeaders, type Topic } from '@nuncio/contracts';
import type { Kafka, Producer } from 'kafkajs';
import { brokerError } from './broker-error.js';
import { createKafka, METADATA_MAX_AGE_MS, topicName, type KafkaSettings } from './kafka.js';
import { keyPartitioner } from './partitioner.js';

const MAX_BATCH = 500;
/** What a topic takes (`max.message.bytes`) counts for all that a produce brings to one partition, and all of it may be for the same. */
const MAX_BATCH_BYTES = PAYLOAD_LIMIT_BYTES;
const MAX_BACKOFF_MS = 1_000;

export interface OutboundRecord {
  readonly key: string | Buffer | null;
  readonly value: Buffer | string | null;
  readonly headers?: RecordHeaders;
}

interface Waiting {
  readonly topic: string;
  readonly message: { key: string | Buffer | null; value: Buffer | string | null; headers?: RecordHeaders };
  readonly bytes: number;
  readonly signal: AbortSignal | undefined;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Collects records for a moment and sends them as one produce, acks = all: a request each would cost more than everything else.
 * What fails is sent again until it is acknowledged or its signal aborts; a record that the broker will never take (too large) is rejected alone.
 */
export class BatchProducer {
  readonly #producer: Producer;
  readonly #prefix: string;
  readonly #lingerMs: number;
  readonly #logger = new Logger('Kafka');
  #waiting: Waiting[] = [];
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> | null = null;
  #closing = false;

  constructor(kafka: Kafka, prefix: string, { lingerMs = 3 }: { lingerMs?: number } = {}) {
    this.#producer = kafka.producer({ allowAutoTopicCreation: false, metadataMaxAge: METADATA_MAX_AGE_MS, createPartitioner: keyPartitioner });
    this.#prefix = prefix;
    this.#lingerMs = lingerMs;
  }

  /** One that is connected, as injection wants it. */
  static async connected(settings: KafkaSettings, options: { lingerMs?: number } = {}): Promise<BatchProducer> {
    const producer = new BatchProducer(createKafka(settings), settings.topicPrefix, options);
    await producer.connect();
    return producer;
  }

  async connect(): Promise<void> {
    await this.#producer.connect();
  }

  /** Sends what is waiting first; what fails now is rejected. */
  async disconnect(): Promise<void> {
    this.#closing = true;
    while (this.#waiting.length || this.#flushing) await this.#flush();
    await this.#producer.disconnect();
  }

  /** Resolves when acknowledged by all in-sync replicas; rejects when `signal` aborts before, or when the record itself is refused. */
  send(topic: Topic, record: OutboundRecord, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ topic: topicName(this.#prefix, topic), message: record, bytes: bytesOf(record), signal, resolve, reject });
      if (this.#waiting.length >= MAX_BATCH) void this.#flush();
      else this.#timer ??= setTimeout(() => void this.#flush(), this.#lingerMs);
    });
  }

  sendJson(topic: Topic, key: string, value: unknown, signal?: AbortSignal): Promise<void> {
    return this.send(topic, { key, value: JSON.stringify(value) }, signal);
  }

  /** One produce is under way at a time; what comes meanwhile is the next one, so that batches grow with the load. */
  async #flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#flushing) return this.#flushing;
    this.#flushing = this.#produceAll();
    try {
      await this.#flushing;
    } finally {
      this.#flushing = null;
      if (this.#waiting.length) this.#timer ??= setTimeout(() => void this.#flush(), this.#lingerMs);
    }
  }

  async #produceAll(): Promise<void> {
    while (this.#waiting.length) {
      await this.#untilAcknowledged(stillWanted(this.#takeBatch()));
      if (this.#waiting.length < MAX_BATCH) return;
    }
  }

  #takeBatch(): Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const { bytes: size } of this.#waiting) {
      if (count === MAX_BATCH || (count > 0 && bytes + size > MAX_BATCH_BYTES)) break;
      bytes += size;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  async #untilAcknowledged(batch: Waiting[]): Promise<void> {
    for (let attempt = 0; batch.length; attempt++) {
      try {
        await this.#produce(batch);
        for (const { resolve } of batch) resolve();
        return;
      } catch (error) {
        if (isRefused(error)) {
          const [only] = batch;
          if (batch.length === 1) only?.reject(error);
          else for (const one of batch) await this.#untilAcknowledged([one]);
          return;
        }
        this.#logger.warn(`${batch.length} records are not acknowledged, again soon: ${String(error)}`);
        if (!this.#closing) await pause(Math.min(MAX_BACKOFF_MS, 100 * 2 ** attempt));
        if (this.#closing) {
          for (const { reject } of batch) reject(error);
          return;
        }
        batch = stillWanted(batch);
      }
    }
  }

  async #produce(batch: readonly Waiting[]): Promise<void> {
    const byTopic = new Map<string, Waiting['message'][]>();
    for (const { topic, message } of batch) {
      const messages = byTopic.get(topic);
      if (messages) messages.push(message);
      else byTopic.set(topic, [message]);
    }
    await this.#producer.sendBatch({ acks: -1, timeout: 10_000, topicMessages: [...byTopic].map(([topic, messages]) => ({ topic, messages })) });
  }
}

/** Rejects what has been given up since it was handed over. */
function stillWanted(batch: readonly Waiting[]): Waiting[] {
  return batch.filter(({ signal, reject }) => {
    if (signal?.aborted) reject(signal.reason);
    return !signal?.aborted;
  });
}

/** The broker's verdict on the record itself; sending it again changes nothing. */
const REFUSED = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD', 'CORRUPT_MESSAGE', 'INVALID_TIMESTAMP']);
const isRefused = (error: unknown): boolean => REFUSED.has(brokerError(error) ?? '');

const FRAME_BYTES = 64;

/** At most what it takes in a batch; lengths of fields and the batch's own header, too. */
function bytesOf({ key, value, headers = {} }: OutboundRecord): number {
  let bytes = FRAME_BYTES + sizeOf(key) + sizeOf(value);
  for (const name in headers) {
    const values = headers[name];
    if (Array.isArray(values)) for (const one of values) bytes += FRAME_BYTES + atMost(name) + atMost(one);
    else bytes += FRAME_BYTES + atMost(name) + atMost(values);
  }
  return bytes;
}

const sizeOf = (part: string | Buffer | null): number => (part === null ? 0 : Buffer.byteLength(part));

/** UTF-8 takes three bytes for each UTF-16 unit, at most: of what is short, to count them would cost more. */
const atMost = (part: string | Buffer = ''): number => (typeof part === 'string' ? 3 * part.length : part.length);
