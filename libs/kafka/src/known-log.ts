import type { KafkaMessage } from 'kafkajs';
import { UndecodableBatch } from './fetched-batches.js';

/**
 * What an owner knows of a partition's log: the latest time of the records that it has taken. If a record at an offset that was taken is later than that, it is another
 * record. This happens when a topic was deleted and made anew, or when a leader was elected that lacks the end of the log. Kafka tells consumers of neither.
 */
export class KnownLog {
  /** The latest timestamp of a record that was taken, in epoch milliseconds; Infinity = none was taken. */
  #latest = Infinity;

  /** Whether no record was taken, so that nothing is known. */
  get isEmpty(): boolean {
    return this.#latest === Infinity;
  }

  /** It must be called for every record that is read. `position`: the offset behind those that were taken. */
  isRewrittenBy(record: KafkaMessage, position: number): boolean {
    // The timestamp of a batch that cannot be decoded may be anything.
    if ((record as unknown) instanceof UndecodableBatch) return false;
    const at = Number(record.timestamp);
    if (Number(record.offset) < position) return at > this.#latest;
    this.#latest = this.#latest === Infinity ? at : Math.max(this.#latest, at);
    return false;
  }
}
