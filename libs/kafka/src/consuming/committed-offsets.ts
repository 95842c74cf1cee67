import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Cluster, Consumer } from 'kafkajs';
import type { Coordinator } from 'kafkajs/src/cluster/index.js';
import { brokerError } from '../connection/broker-error.js';
import { WATERMARK_ALONE } from './commit-metadata.js';
import { describeFault } from '../connection/kafka-faults.js';
import type { Partition } from './partition.js';
import { saidBefore } from '../connection/said-before.js';
import { untilAnswered } from '../connection/until-answered.js';

const AGAIN_AFTER_MS = 100;
/** The group has gone on without this member, and takes none of its commits any more. */
const WITHOUT_US = new Set(['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION']);

/** What a group has committed of one partition; offset `-1` = nothing. */
export interface Committed {
  readonly offset: string;
  readonly metadata: string | null;
}

/** A partition as Kafka knows it: the topic with the installation's prefix. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

export const keyOf = ({ topic, partition }: TopicPartition): string => `${topic} ${partition}`;

/** The offsets of one consumer group, read when partitions are taken over and written as records finish. */
export class CommittedOffsets {
  readonly #logger = new Logger('Kafka');
  #writing: Promise<void> = Promise.resolve();
  /** Not begun: an outage would leave one behind four times a second. */
  #next: Promise<void> | null = null;
  /** False = this cluster allows a commit less metadata than our bitmaps need (`offset.metadata.max.bytes`): the watermark alone has to do. */
  #takesBitmaps = true;
  readonly #isOld = saidBefore();
  /** Why the last commit failed; null = it did not. */
  #failure: unknown = null;

  constructor(
    /** The consumer's view of the cluster; undefined = it does not run yet. */
    private readonly cluster: () => Pick<Cluster, 'findGroupCoordinator'> | undefined,
    private readonly consumer: Consumer,
    private readonly groupId: string,
  ) {}

  /**
   * By `keyOf`. Asks until it is answered: without them finished records would be done again. Null = `signal` aborted before. The group's coordinator is asked for these partitions
   * alone: kafkajs' admin client describes all topics that it was ever asked about, which fails as long as any of them is gone.
   */
  async read(places: readonly TopicPartition[], signal: AbortSignal): Promise<Map<string, Committed> | null> {
    if (!places.length) return new Map();
    const { groupId } = this;
    const topics = [...Map.groupBy(places, ({ topic }) => topic)].map(([topic, of]) => ({ topic, partitions: of.map(({ partition }) => ({ partition })) }));
    const ask = async (): ReturnType<Coordinator['offsetFetch']> => {
      const coordinator: unknown = await this.cluster()?.findGroupCoordinator({ groupId });
      return (coordinator as Coordinator).offsetFetch({ groupId, topics });
    };
    const answer = await untilAnswered(`what ${groupId} has committed`, ask, signal);
    return answer && new Map(answer.responses.flatMap(({ topic, partitions }) => partitions.map((p): [string, Committed] => [keyOf({ topic, partition: p.partition }), p])));
  }

  /** Commits what has changed, one request at a time. What fails is part of the next. */
  write(partitions: () => Iterable<readonly [TopicPartition, Partition]>): Promise<void> {
    this.#next ??= this.#writing = this.#writing.then(async () => {
      this.#next = null;
      const changed = [...partitions()].flatMap(([place, partition]) => {
        const snapshot = partition.uncommitted();
        return snapshot ? [{ place, partition, snapshot }] : [];
      });
      if (!changed.length) return;
      try {
        await this.#commit(changed.map(({ place, snapshot }) => ({ ...place, ...snapshot })));
        for (const { partition, snapshot } of changed) partition.committed(snapshot);
        this.#failure = null;
      } catch (error) {
        const trouble = describeFault(error);
        if (!this.#isOld(trouble)) this.#logger.warn(`${this.groupId}: Kafka did not take a commit; trying again: ${trouble}`);
        this.#failure = error;
      }
    });
    return this.#next;
  }

  /**
   * Commits until nothing is left to commit, or the time is over. While its group is between two generations, which a busy machine makes long, it takes no commits. A
   * member that leaves then would have its work done again.
   */
  async writeOut(partitions: () => Iterable<readonly [TopicPartition, Partition]>, withinMs: number): Promise<void> {
    const isLeft = (): boolean => [...partitions()].some(([, partition]) => partition.uncommitted() !== null);
    const deadline = performance.now() + withinMs;
    await this.write(partitions);
    while (isLeft() && performance.now() < deadline && !WITHOUT_US.has(brokerError(this.#failure) ?? '')) {
      await pause(AGAIN_AFTER_MS);
      await this.write(partitions);
    }
  }

  async #commit(offsets: (TopicPartition & { offset: string; metadata: string })[]): Promise<void> {
    const allowed = this.#takesBitmaps ? offsets : offsets.map((one) => ({ ...one, metadata: WATERMARK_ALONE }));
    try {
      await this.consumer.commitOffsets(allowed);
    } catch (error) {
      if (!this.#takesBitmaps || brokerError(error) !== 'OFFSET_METADATA_TOO_LARGE') throw error;
      this.#takesBitmaps = false;
      this.#logger.warn(`${this.groupId}: the cluster refuses the metadata of commits (offset.metadata.max.bytes). After a restart, records that finished out of order are handled again.`);
      await this.#commit(offsets);
    }
  }
}
