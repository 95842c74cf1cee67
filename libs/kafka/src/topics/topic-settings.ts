import { tiers, type Topic } from '@nuncio/contracts';

/** A setting that a topic should have. */
export interface TopicSetting {
  readonly name: string;
  readonly value: string;
  /** `ours`: Nuncio needs exactly this value. `at least`: it needs this or more. `default`: the operator may choose another. */
  readonly kind: 'ours' | 'at least' | 'default';
}

export interface TopicChoices {
  /** Copies of each partition of a new topic; -1 = the cluster's own default. */
  readonly replication?: number;
  /**
   * How many copies must have a record before it counts as acknowledged (`min.insync.replicas`); absent: 2 of three copies or more, otherwise the
   * cluster's own default.
   */
  readonly minInsync?: number;
  /** By topic, as named in the contract: `events`. Absent: a new topic has the declared number, and an existing one keeps its number. */
  readonly partitions?: Readonly<Record<string, number>>;
}

export const MIN_INSYNC = 'min.insync.replicas';
export const RETENTION = 'retention.ms';
export const RETENTION_BYTES = 'retention.bytes';
export const UNCLEAN = 'unclean.leader.election.enable';
export const CLEANUP = 'cleanup.policy';
export const MAX_MESSAGE = 'max.message.bytes';
export const TIMESTAMPS = 'message.timestamp.type';
/**
 * The broker's clock sets timestamps, and not the producers': a record from tomorrow would be refused (Kafka 4), one from 1970 deleted at once, one
 * from 2200 never; and the first record of a tier would not be the next one due.
 */
export const BY_THE_BROKER = 'LogAppendTime';
const DAY_MS = 86_400_000;
/** How late a due record may be read in normal operation. */
const LATE_MS = 600_000;

/** The setting for a topic with so many copies. */
export function settingsOf(topic: Topic, copies: number, { minInsync }: TopicChoices): TopicSetting[] {
  const settings: TopicSetting[] = [
    { name: CLEANUP, value: topic.cleanup, kind: 'ours' },
    { name: TIMESTAMPS, value: BY_THE_BROKER, kind: 'ours' },
    { name: MAX_MESSAGE, value: String(topic.maxMessageBytes), kind: 'at least' },
    { name: RETENTION, value: String(topic.retentionMs), kind: 'default' },
  ];
  // A write could never be acknowledged by more copies than there are.
  if (minInsync !== undefined) settings.push({ name: MIN_INSYNC, value: String(Math.min(minInsync, copies)), kind: 'ours' });
  else if (copies >= 3) settings.push({ name: MIN_INSYNC, value: '2', kind: 'default' });
  // A compacted topic is read completely at every start, so superseded records must not stay long.
  if (topic.cleanup === 'compact')
    settings.push(
      { name: 'min.cleanable.dirty.ratio', value: '0.1', kind: 'default' },
      { name: 'segment.ms', value: '3600000', kind: 'default' },
      { name: 'delete.retention.ms', value: String(topic.retentionMs), kind: 'default' },
    );
  // Only age deletes records: a full topic must not lose records that have not been read.
  else settings.push({ name: RETENTION_BYTES, value: '-1', kind: 'default' });
  return settings;
}

const delayOf = new Map(tiers.map(({ topic, delayMs }) => [topic.name, delayMs]));

/** How long a topic must keep its records so that none is deleted before it can be read: for a tier, as long as they wait there. 0 = no minimum. */
export const leastRetentionMs = ({ name }: Topic): number => {
  const delayMs = delayOf.get(name);
  return delayMs === undefined ? 0 : delayMs + LATE_MS;
};

/** That time, and a day in which dispatchers or the log may be away; 0 if nobody has to read it. */
export const soundRetentionMs = (topic: Topic): number =>
  delayOf.has(topic.name) || ['events', 'deliveries', 'attempts', 'signals'].includes(topic.name) ? (delayOf.get(topic.name) ?? 0) + DAY_MS : 0;

/** The order of this topic is the order of everything in it. */
export const hasOnePartition = (topic: Topic): boolean => topic.partitions === 1;
