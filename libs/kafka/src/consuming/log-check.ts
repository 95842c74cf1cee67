import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Cluster, Consumer, EachBatchPayload } from 'kafkajs';
import { keyOf, type CommittedOffsets, type TopicPartition } from './committed-offsets.js';
import type { Partition } from './partition.js';

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
    private readonly consumer: Pick<Consumer, 'seek'>,
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
      if (lastOffset !== null) this.#goTo(partition, lastOffset);
    }
  }

  /** Whether a batch is of the log that is known. If not, reading goes on where the log is another one. */
  async passes(batch: FetchedFrom, partition: Checked): Promise<boolean> {
    const { position, known } = partition.place;
    const isDoubted = this.#doubted.has(partition);
    const [next] = batch.messages;
    if (!isDoubted && (!next || (Number(next.offset) >= position && !known.isAnother(next, position)))) return true;
    if (isDoubted && known.lastOffset !== null && Number(batch.fetchedOffset) > known.lastOffset) {
      this.#goTo(partition, known.lastOffset);
      return false;
    }
    const another = batch.messages.find((message) => known.isAnother(message, position));
    try {
      const first = another ? await this.#changeBefore(partition, Number(another.offset)) : isDoubted && known.isEmpty && position > 0 ? await this.#beginningIfForgotten(partition) : null;
      if (another || known.lastOffset === null || Number(batch.lastOffset()) >= known.lastOffset) this.#doubted.delete(partition);
      if (first === null || first >= position) return true;
      partition.rewind(first);
      this.#goTo(partition, first);
    } catch (error) {
      if (this.closing.aborted) return false;
      this.#logger.warn(`${partition.kafkaTopic}-${partition.id}: whether its records are other ones than before is not known yet: ${String(error)}`);
      await pause(AGAIN_AFTER_MS);
    }
    return false;
  }

  /** The first offset that is later than everything that was taken; at most `offset`, whose record is another one. */
  async #changeBefore({ kafkaTopic: topic, id: partition, place }: Checked, offset: number): Promise<number> {
    const { latest, isEmpty } = place.known;
    const first = await this.#offsetOf({ topic, partition }, isEmpty ? { fromBeginning: true } : { fromTimestamp: latest + 1 });
    return first < 0 ? offset : Math.min(first, offset);
  }

  /** An owner that has taken nothing cannot compare. Brokers forget what was committed of a topic that is deleted. Null = they know it. */
  async #beginningIfForgotten({ kafkaTopic: topic, id: partition }: Checked): Promise<number | null> {
    const committed = await this.offsets.read([{ topic, partition }], AbortSignal.any([this.closing, AbortSignal.timeout(ASKED_FOR_MS)]));
    if (!committed) throw new Error('brokers do not say what is committed of it');
    return committed.get(keyOf({ topic, partition }))?.offset === '-1' ? this.#offsetOf({ topic, partition }, { fromBeginning: true }) : null;
  }

  async #offsetOf({ topic, partition }: TopicPartition, of: { readonly fromTimestamp: number } | { readonly fromBeginning: true }): Promise<number> {
    const [answer] = (await this.cluster()?.fetchTopicsOffset([{ topic, partitions: [{ partition }], ...of }])) ?? [];
    const offset = answer?.partitions[0]?.offset;
    if (offset === undefined) throw new Error('nobody leads it');
    return Number(offset);
  }

  /** Between a crash and its restart kafkajs has no group, and throws. It begins at what is committed then. */
  #goTo({ kafkaTopic: topic, id: partition }: Checked, offset: number): void {
    try {
      this.consumer.seek({ topic, partition, offset: String(offset) });
    } catch (error) {
      this.#logger.debug(`${topic}-${partition}: ${String(error)}`);
    }
  }
}
