import { channel } from 'node:diagnostics_channel';
import { Logger } from '@nestjs/common';
import { keyOf, type Committed, type TopicPartition } from './committed-offsets.js';
import { topicName } from '../connection/kafka.js';
import type { KafkaServerOptions } from './kafka-server-options.js';
import { BEGINNING, END, Offsets, offsetsIn, type OffsetsOf } from './offsets.js';
import { tellOfSetOffsets } from './set-offsets.js';

/** Two members of a new group may start one after the other: work that is younger is no sign that the group had offsets. */
const YOUNG_MS = 60_000;

/** A group that has worked before has no offsets: somebody deleted it, or they have expired. It reads everything again, since nothing may be lost. */
export interface LostOffsets {
  /** Without the installation's prefix. */
  readonly group: string;
  /** The records that this process reads again; 0 = nothing is known to be lost. */
  readonly records: number;
}

/** Counters of `LostOffsets` subscribe to this channel. */
export const lostOffsets = channel('nuncio:lost-offsets');

/**
 * Says what somebody has done to the offsets of these partitions while their group had no members: deleted them, or set them. True = some were set: a commit of ours should take
 * their place at once, so that it is said once.
 */
export function tellOfOffsets(options: KafkaServerOptions, partitions: readonly TopicPartition[], committed: ReadonlyMap<string, Committed>): boolean {
  void tellOfLostOffsets(options, partitions, committed);
  return tellOfSetOffsets(topicName(options.kafka.topicPrefix, options.group), partitions, committed);
}

/** Says so, if the offsets of these partitions are lost. Never rejects. */
async function tellOfLostOffsets({ workTopic, group, kafka, now = Date.now }: KafkaServerOptions, partitions: readonly TopicPartition[], committed: ReadonlyMap<string, Committed>): Promise<void> {
  if (!workTopic) return;
  // So that an alert sees the growth from 0.
  lostOffsets.publish({ group, records: 0 } satisfies LostOffsets);
  if (!partitions.some((place) => committed.get(keyOf(place))?.offset === '-1')) return;
  const logger = new Logger('Kafka');
  const groupId = topicName(kafka.topicPrefix, group);
  const offsets = new Offsets(kafka);
  try {
    const records = await recordsReadAgain(offsets, partitions, { committed, workTopic: topicName(kafka.topicPrefix, workTopic), now: now() });
    if (records === 0) return;
    logger.error(`${groupId} has no offsets, although it has worked before: they were deleted, or have expired. ${records} records are read again, and deliveries are repeated (docs/runbooks/offsets-lost.md)`);
    lostOffsets.publish({ group, records } satisfies LostOffsets);
  } catch (error) {
    logger.warn(`${groupId}: whether its offsets are lost is unknown: ${String(error)}`);
  } finally {
    await offsets.disconnect().catch(() => undefined);
  }
}

/**
 * The number of records of `partitions` that their group reads again because its offsets are lost: it has committed nothing of their topics, and `workTopic`, which holds what the group has
 * done, has records. `committed`: by `keyOf`, of all partitions of these topics. `now`: epoch milliseconds.
 */
async function recordsReadAgain(
  offsets: Pick<Offsets, 'know' | 'at'>,
  partitions: readonly TopicPartition[],
  { committed, workTopic, now }: { readonly committed: ReadonlyMap<string, Committed>; readonly workTopic: string; readonly now: number },
): Promise<number> {
  const known = new Set([...committed].filter(([, { offset }]) => offset !== '-1').map(([key]) => key.split(' ')[0]));
  const without = partitions.filter(({ topic, ...place }) => !known.has(topic) && committed.has(keyOf({ topic, ...place })));
  if (without.length === 0) return 0;
  const topics = [...new Set([...without.map(({ topic }) => topic), workTopic])];
  await offsets.know(topics);
  const all = (timestamp: number): Promise<Map<string, OffsetsOf>> => offsets.at(new Map(topics.map((topic) => [topic, timestamp])));
  const [beginnings, ends, young] = await Promise.all([all(BEGINNING), all(END), offsets.at(new Map([[workTopic, now - YOUNG_MS]]))]);
  const lengthOf = ({ topic, partition }: TopicPartition): number => offsetOf(ends, topic, partition) - offsetOf(beginnings, topic, partition);
  const hasWorked = [...offsetsIn(ends, workTopic).keys()].some((partition) => {
    const firstYoung = offsetOf(young, workTopic, partition);
    return firstYoung < 0 ? lengthOf({ topic: workTopic, partition }) > 0 : firstYoung > offsetOf(beginnings, workTopic, partition);
  });
  return hasWorked ? without.reduce((sum, place) => sum + lengthOf(place), 0) : 0;
}

const offsetOf = (of: ReadonlyMap<string, OffsetsOf>, topic: string, partition: number): number => offsetsIn(of, topic).get(partition) ?? 0;
