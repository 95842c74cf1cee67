import { Logger } from '@nestjs/common';
import type { Consumer, EachBatchPayload } from 'kafkajs';
import { QUIET_MS } from '../connection/kafka.js';
import type { KafkaServerOptions } from './kafka-server-options.js';
import type { FetchTerms } from '../kafkajs/kafkajs-fetch.js';
import type { Partition } from './partition.js';

/** How long a broker waits for what is worth a fetch: what is there is to be read, but not one by one. */
const GATHER_MS = 200;
/**
 * A record that is due so soon is taken now. Each time that a partition goes on, all that waits there is fetched again, up to 256 KiB: that must not happen for each of many records
 * that come due one by one.
 */
const SOON_MS = 500;
/** How soon to look for room again. */
const ROOM_MS = 100;
/** How soon to look again whether a waiting record is due: a timer does not notice a clock that was put forward. */
const LOOK_AGAIN_MS = 60_000;
const DAY_MS = 86_400_000;

type Place = Pick<Partition, 'kafkaTopic' | 'id'>;

/** Says what a fetch asks for, hands its records to their partition, and pauses partitions in kafkajs that have no room, or whose next record is not due. */
export class Reading {
  readonly #logger = new Logger('Kafka');
  readonly #waiting = new Set<Partition>();
  /** When each partition goes on: `dueAt` by the monotonic clock. */
  readonly #timers = new Map<Partition, { readonly timer: NodeJS.Timeout; readonly dueAt: number }>();
  /** Since the last fetch nothing has come. */
  #isQuiet = true;

  constructor(
    private readonly consumer: Consumer,
    private readonly options: Pick<KafkaServerOptions, 'delayMs' | 'minBytes' | 'now'> = {},
  ) {}

  /**
   * The terms of the next fetch. If there are no records, the broker waits: a new record ends the wait, and asking for many partitions costs both sides a millisecond. A
   * partition that stands is not asked for; the wait ends when it may go on.
   */
  fetchTerms(): FetchTerms {
    const { minBytes } = this.options;
    const gathers = minBytes !== undefined && !this.#isQuiet;
    this.#isQuiet = true;
    return gathers ? { minBytes, maxWaitTime: GATHER_MS } : { minBytes: 1, maxWaitTime: Math.min(this.#standsForMs, QUIET_MS) };
  }

  /** Returns the offset up to which the partition has what it needs; undefined = it took nothing. `isOver`: whether reading is to stop. */
  read({ batch }: Pick<EachBatchPayload, 'batch'>, partition: Partition, isOver: () => boolean): string | undefined {
    this.#isQuiet = false;
    const delayMs = this.options.delayMs?.(partition.topic);
    let taken: string | undefined;
    for (const message of batch.messages) {
      if (isOver()) return taken;
      if (!partition.hasRoomFor(message.offset)) {
        partition.stand(message);
        this.pause(partition);
        this.#waiting.add(partition);
        return taken;
      }
      const waitMs = delayMs === undefined ? 0 : this.#waitOf(Number(message.timestamp), delayMs);
      if (waitMs > SOON_MS) {
        partition.stand(message, Date.now() + waitMs);
        this.#pauseFor(partition, waitMs);
        return taken;
      }
      partition.take(message);
      taken = message.offset;
    }
    partition.passOver(batch.lastOffset());
    return taken;
  }

  pause(partition: Partition): void {
    this.#tell(partition, ({ kafkaTopic: topic, id }) => { this.consumer.pause([{ topic, partitions: [id] }]); });
  }

  resume(partition: Partition): void {
    this.forget(partition);
    this.#tell(partition, ({ kafkaTopic: topic, id }) => { this.consumer.resume([{ topic, partitions: [id] }]); });
  }

  /** Goes on at this offset. */
  seek(partition: Place, offset: number): void {
    this.#tell(partition, ({ kafkaTopic: topic, id }) => { this.consumer.seek({ topic, partition: id, offset: String(offset) }); });
  }

  /** Resumes partitions that waited for room and have it. */
  resumeWhereRoom(partitions: Iterable<Partition> = this.#waiting): void {
    for (const partition of partitions) if (this.#waiting.has(partition) && partition.hasRoom) this.resume(partition);
  }

  /** Whether some partition waits for room. */
  get isWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  /** Milliseconds, at least 1, until some paused partition goes on, as far as is known; Infinity = none is paused. */
  get #standsForMs(): number {
    if (this.isWaiting) return ROOM_MS;
    let next = Infinity;
    for (const { dueAt } of this.#timers.values()) next = Math.min(next, dueAt);
    return Math.max(1, next - performance.now());
  }

  forget(partition: Partition): void {
    this.#waiting.delete(partition);
    clearTimeout(this.#timers.get(partition)?.timer);
    this.#timers.delete(partition);
  }

  stop(): void {
    for (const { timer } of this.#timers.values()) clearTimeout(timer);
  }

  /**
   * Milliseconds. A timestamp days ahead is ignored: the partition would wait for it. The handler of such a record finds out itself when it is due.
   */
  #waitOf(timestamp: number, delayMs: number): number {
    const { now = Date.now } = this.options;
    const aheadMs = timestamp - now();
    return aheadMs > DAY_MS ? 0 : aheadMs + delayMs;
  }

  #pauseFor(partition: Partition, waitMs: number): void {
    this.pause(partition);
    clearTimeout(this.#timers.get(partition)?.timer);
    const timer = setTimeout(() => {
      this.resume(partition);
    }, Math.min(waitMs, LOOK_AGAIN_MS));
    this.#timers.set(partition, { timer, dueAt: performance.now() + waitMs });
  }

  /** Between a crash and its restart kafkajs has no group, and throws. When it has joined again, everything is resumed, and read from what is committed. */
  #tell(partition: Place, tell: (partition: Place) => void): void {
    try {
      tell(partition);
    } catch (error) {
      this.#logger.debug(`${partition.kafkaTopic}-${partition.id}: ${String(error)}`);
    }
  }
}
