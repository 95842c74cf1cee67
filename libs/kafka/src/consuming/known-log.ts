import type { KafkaMessage } from 'kafkajs';
import { UndecodableBatch } from './fetched-batches.js';

interface Known {
  readonly offset: number;
  readonly at: number;
}

/**
 * What an owner knows of a partition's log: the latest time of the records that it has taken. If a record at an offset that was taken is later than that, it is another
 * record. This happens when a topic was deleted and made anew, or when a leader was elected that lacks the end of the log. Kafka tells consumers of neither.
 */
export class KnownLog {
  /** The latest timestamp of a record that was taken, in epoch milliseconds; Infinity = none was taken. */
  #latest = Infinity;
  #last: Known | null = null;
  #next: Known | null = null;

  /** Whether no record was taken, so that nothing is known. */
  get isEmpty(): boolean {
    return this.#latest === Infinity;
  }

  /** The offset of the last record that was taken; null = none was. */
  get lastOffset(): number | null {
    return this.#last?.offset ?? null;
  }

  /** The latest time of a record that was taken, in epoch milliseconds. */
  get latest(): number {
    return this.#latest;
  }

  /** It must be called for every record that is read. `position`: the offset behind those that were taken. */
  isRewrittenBy(record: KafkaMessage, position: number): boolean {
    if ((record as unknown) instanceof UndecodableBatch) return false;
    const [offset, at] = [Number(record.offset), Number(record.timestamp)];
    if (offset < position) return this.isAnother(record, position);
    this.#latest = this.#latest === Infinity ? at : Math.max(this.#latest, at);
    this.#last = { offset, at };
    return false;
  }

  /** Notes a record that was read, and is to be read again before it is taken. */
  awaits(record: KafkaMessage): void {
    this.#next = { offset: Number(record.offset), at: Number(record.timestamp) };
  }

  /** Whether this is another record than the one that was read at its offset. */
  isAnother(record: KafkaMessage, position: number): boolean {
    // The timestamp of a batch that cannot be decoded may be anything.
    if ((record as unknown) instanceof UndecodableBatch) return false;
    const [offset, at] = [Number(record.offset), Number(record.timestamp)];
    const known = offset < position ? this.#last : this.#next;
    return (offset < position && at > this.#latest) || (offset === known?.offset && at !== known.at);
  }
}
