import { setImmediate as breathe, setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { KafkaMessage } from 'kafkajs';
import { MAX_SPAN, OffsetTracker } from './offset-tracker.js';
import type { BatchHandler, InboundRecord, RecordParts } from './record-batch.js';

const REDELIVER_AFTER_MS = 1_000;
/** A fetch may bring thousands: between batches of so many, answers and heartbeats have their turn. */
const MAX_BATCH = 500;
/**
 * Reading ahead further than this only fills the heap: what waits is better kept in the broker. Less would let a burst stand before others' records: one of
 * 10,000 in a single partition is read past. A dispatcher has two groups, which makes 64 MiB.
 */
const MAX_BACKLOG = { records: 16_000, bytes: 32 * 1_024 * 1_024 };

/** What was read and is not finished, over all partitions of a consumer group's member. */
export interface Backlog {
  records: number;
  /** Of payload. */
  bytes: number;
}

/** One assigned partition: tracks what is finished and hands its records to the handler, one batch at a time, until it is lost. */
export class Partition {
  readonly #tracker: OffsetTracker;
  readonly #stopped = new AbortController();
  readonly #lost = new AbortController();
  readonly #logger = new Logger('Kafka');
  #queue: TrackedRecord[] = [];
  #running = false;
  #inWork = 0;
  /** In the order they were read. */
  readonly #unfinished = new Set<TrackedRecord>();
  #committed: string;
  #skippedFetch = '';

  constructor(
    /** The contract's name. */
    readonly topic: string,
    /** Kafka's name, with the installation's prefix. */
    readonly kafkaTopic: string,
    readonly id: number,
    committed: { offset: string; metadata: string | null },
    readonly backlog: Backlog,
    private readonly handle: BatchHandler,
    private readonly onRoom: () => void,
  ) {
    this.#tracker = new OffsetTracker(Math.max(0, Number(committed.offset)), committed.metadata ?? '');
    this.#committed = keyOf({ offset: committed.offset === '-1' ? '0' : committed.offset, metadata: committed.metadata ?? '' });
  }

  get isFull(): boolean {
    return this.#fills(1);
  }

  /** Half of each limit: where a partition that waits goes on. */
  get hasRoom(): boolean {
    return !this.#fills(1 / 2);
  }

  /** Records that the handler has and has neither finished nor abandoned. */
  get inWork(): number {
    return this.#inWork;
  }

  get unfinished(): number {
    return this.#tracker.unfinished;
  }

  get span(): number {
    return this.#tracker.span;
  }

  /** Milliseconds since the oldest record that is not finished was read. */
  get oldestMs(): number {
    for (const { takenAt } of this.#unfinished) return Date.now() - takenAt;
    return 0;
  }

  /**
   * Whether a fetch from this offset goes on where we are. One that starts later was asked for before a rebalance, and taking it would count what lies
   * between as finished. Asked a second time it is the truth: the log begins there now.
   */
  follows(fetchedOffset: string): boolean {
    if (Number(fetchedOffset) <= this.#tracker.position || fetchedOffset === this.#skippedFetch) return true;
    this.#skippedFetch = fetchedOffset;
    return false;
  }

  /** A record that is finished or in work already is passed over. */
  take(message: KafkaMessage): void {
    if (!this.#tracker.begin(Number(message.offset))) return;
    const record = new TrackedRecord(this, message);
    this.#queue.push(record);
    this.#unfinished.add(record);
    if (!this.#running) void this.#run();
  }

  /** Of a record the handler had: finished, or given up and left to the next owner. */
  settle(record: TrackedRecord, finished: boolean): void {
    this.backlog.records -= 1;
    this.backlog.bytes -= record.bytes;
    this.#inWork -= 1;
    if (!finished || this.#lost.signal.aborted) return;
    this.#unfinished.delete(record);
    this.#tracker.done(Number(record.offset));
    this.onRoom();
  }

  /** What to commit, if it differs from what was committed last. */
  uncommitted(): { offset: string; metadata: string } | null {
    const now = this.#tracker.snapshot();
    return keyOf(now) === this.#committed ? null : now;
  }

  committed(snapshot: { offset: string; metadata: string }): void {
    this.#committed = keyOf(snapshot);
  }

  /** Nothing new is to be started, but what is being finished still counts. */
  drain(): void {
    this.#stopped.abort();
    this.#drop();
  }

  /** Somebody else's from now on: what finishes late is not ours to commit. */
  lose(): void {
    this.#lost.abort();
    this.#stopped.abort();
    this.#drop();
  }

  #fills(part: number): boolean {
    const { records, bytes } = this.backlog;
    return records >= part * MAX_BACKLOG.records || bytes >= part * MAX_BACKLOG.bytes || this.#tracker.span >= part * MAX_SPAN;
  }

  #drop(): void {
    this.backlog.records -= this.#queue.length;
    for (const record of this.#queue) this.backlog.bytes -= record.bytes;
    this.#queue = [];
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#queue.length && !this.#stopped.signal.aborted) {
      await breathe();
      const batch = this.#queue.splice(0, MAX_BATCH);
      if (!batch.length) break; // dropped meanwhile
      this.#inWork += batch.length;
      await this.#untilHandled(batch);
    }
    this.#running = false;
  }

  async #untilHandled(batch: TrackedRecord[]): Promise<void> {
    for (let records = batch; records.length; records = records.filter((record) => !record.settled)) {
      if (this.#stopped.signal.aborted) {
        for (const record of records) record.abandon();
        return;
      }
      try {
        await this.handle({ topic: this.topic, partition: this.id, records, signal: this.#stopped.signal, lost: this.#lost.signal });
        return;
      } catch (error) {
        this.#logger.warn(`${this.topic}-${this.id}: ${error instanceof Error ? error.message : String(error)}; again in ${REDELIVER_AFTER_MS} ms`);
        await pause(REDELIVER_AFTER_MS, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
      }
    }
  }
}

const keyOf = ({ offset, metadata }: { offset: string; metadata: string }): string => `${offset} ${metadata}`;

class TrackedRecord implements InboundRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: InboundRecord['headers'];
  readonly timestamp: number;
  readonly bytes: number;
  readonly takenAt = Date.now();
  readonly #of: Partition;
  settled = false;
  #parts: RecordParts | undefined;

  constructor(of: Partition, message: KafkaMessage) {
    this.#of = of;
    this.topic = of.kafkaTopic;
    this.partition = of.id;
    this.offset = message.offset;
    this.key = message.key;
    this.value = message.value;
    this.headers = message.headers ?? {};
    this.timestamp = Number(message.timestamp);
    this.bytes = message.value?.length ?? 0;
    of.backlog.records += 1;
    of.backlog.bytes += this.bytes;
  }

  split(): RecordParts {
    if (this.#parts) return this.#parts;
    const finished = new Set<number>();
    this.#parts = { isDone: (part) => finished.has(part), done: (part) => void finished.add(part) };
    return this.#parts;
  }

  done(): void {
    this.#settle(true);
  }

  abandon(): void {
    this.#settle(false);
  }

  #settle(finished: boolean): void {
    if (this.settled) return;
    this.settled = true;
    this.#of.settle(this, finished);
  }
}
