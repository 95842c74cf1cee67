import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Cluster, EachBatchPayload } from 'kafkajs';
import { keyOf, type CommittedOffsets } from './committed-offsets.js';
import { offsetOf } from './offset-of.js';
import type { Partition } from './partition.js';
import type { Reading } from './reading.js';

const AGAIN_AFTER_MS = 200;
/** How long brokers have to say what is committed: meanwhile nothing else is read. */
const ASKED_FOR_MS = 2_000;

type FetchedFrom = Pick<EachBatchPayload['batch'], 'messages' | 'lastOffset'> & { readonly fetchedOffset?: string };
type Checked = Pick<Partition, 'kafkaTopic' | 'id' | 'place' | 'rewind'>;

/**
 * After a fetch has failed because brokers went away or do not lead a partition, its log may be another one: the topic was made anew, or the new leader lacks the log's end. If as much was
 * written since as the group had read, its place exists again, and everything before it would be skipped. So the last record that was taken is read once more, and must be the same. A
 * partition that waits, as a delay tier does, asks no broker meanwhile: there, the record that it waits for must be the same.
 */
export class LogCheck {
  readonly #logger = new Logger('Kafka');
  readonly #doubted = new WeakSet<Checked>();

  constructor(
    private readonly reading: Pick<Reading, 'seek'>,
    private readonly cluster: () => Cluster | undefined,
    private readonly offsets: Pick<CommittedOffsets, 'read'>,
    private readonly closing: AbortSignal,
  ) {}

  /** Reads the last record of these partitions once more. While one broker is away this is called five times a second: what is being read already is left to be read. */
  doubt(partitions: Iterable<Checked>): void {
    for (const partition of partitions) {
      if (this.#doubted.has(partition)) continue;
      this.#doubted.add(partition);
      const { lastOffset } = partition.place.known;
      if (lastOffset !== null) this.reading.seek(partition, lastOffset);
    }
  }

  /** Whether a batch is of the log that is known. If not, reading goes on where the log is another one. */
  async passes(batch: FetchedFrom, partition: Checked): Promise<boolean> {
    const { position, known } = partition.place;
    const isDoubted = this.#doubted.has(partition);
    const [next] = batch.messages;
    if (!isDoubted && (!next || (Number(next.offset) >= position && !known.isAnother(next, position)))) return true;
    if (isDoubted && known.lastOffset !== null && Number(batch.fetchedOffset) > known.lastOffset) {
      this.reading.seek(partition, known.lastOffset);
      return false;
    }
    try {
      const first = await this.#firstOfAnother(batch, partition);
      if (first === null || first >= position) return true;
      partition.rewind(first);
      this.reading.seek(partition, first);
    } catch (error) {
      if (this.closing.aborted) return false;
      this.#logger.warn(`${partition.kafkaTopic}-${partition.id}: whether its records are other ones than before is not known yet: ${String(error)}`);
      await pause(AGAIN_AFTER_MS);
    }
    return false;
  }

  /** Where the log is another one; null = nowhere, as far as this batch tells. A doubt ends with the answer. */
  async #firstOfAnother(batch: FetchedFrom, partition: Checked): Promise<number | null> {
    const { position, known } = partition.place;
    const another = batch.messages.find((message) => known.isAnother(message, position));
    let first: number | null = null;
    if (another) first = await this.#changeBefore(partition, Number(another.offset));
    else if (known.isEmpty && position > 0 && this.#doubted.has(partition)) first = await this.#beginningIfForgotten(partition);
    if (another || known.lastOffset === null || Number(batch.lastOffset()) >= known.lastOffset) this.#doubted.delete(partition);
    return first;
  }

  /** The first offset that is later than everything that was taken; at most `offset`, whose record is another one. */
  async #changeBefore(partition: Checked, offset: number): Promise<number> {
    const { latest, isEmpty } = partition.place.known;
    const first = await this.#offsetOf(partition, isEmpty ? { fromBeginning: true } : { fromTimestamp: latest + 1 });
    return first < 0 ? offset : Math.min(first, offset);
  }

  /** An owner that has taken nothing cannot compare. Brokers forget what was committed of a topic that is deleted. Null = they know it. */
  async #beginningIfForgotten(partition: Checked): Promise<number | null> {
    const place = { topic: partition.kafkaTopic, partition: partition.id };
    const committed = await this.offsets.read([place], AbortSignal.any([this.closing, AbortSignal.timeout(ASKED_FOR_MS)]));
    if (!committed) throw new Error('brokers do not say what is committed of it');
    return committed.get(keyOf(place))?.offset === '-1' ? this.#offsetOf(partition, { fromBeginning: true }) : null;
  }

  async #offsetOf({ kafkaTopic: topic, id: partition }: Checked, from: Parameters<typeof offsetOf>[2]): Promise<number> {
    const cluster = this.cluster();
    const offset = cluster && (await offsetOf(cluster, { topic, partition }, from));
    if (offset === undefined) throw new Error('nobody leads it');
    return Number(offset);
  }
}
