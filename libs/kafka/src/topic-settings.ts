import { tiers, type Topic } from '@nuncio/contracts';

/** A setting of a topic as we would have it. */
export interface TopicSetting {
  readonly name: string;
  readonly value: string;
  /** `ours`: nothing works with another one. `at least`: nor with less. `default`: the operator may have set another one. */
  readonly kind: 'ours' | 'at least' | 'default';
}

export interface TopicChoices {
  /** Copies of each partition of a topic that is made; -1 = the cluster's own default. */
  readonly replication?: number;
  /** How many copies have a record when it counts as acknowledged (`min.insync.replicas`); absent: 2 of three copies or more, otherwise the cluster's own default. */
  readonly minInsync?: number;
  /** By topic, as it is called in the contract: `events`. Absent: a new topic has as many as it is declared with, another one as many as it has. */
  readonly partitions?: Readonly<Record<string, number>>;
}

export const MIN_INSYNC = 'min.insync.replicas';
export const RETENTION = 'retention.ms';
export const TIMESTAMPS = 'message.timestamp.type';
/** Producers' clocks are not asked: a record stamped tomorrow would be refused (Kafka 4), one of 1970 deleted at once, one of 2200 never; and a tier's head would not be the next one due. */
export const BY_THE_BROKER = 'LogAppendTime';
const DAY_MS = 86_400_000;
/** How late what is due may be read, in regular operation. */
const LATE_MS = 600_000;

/** The setting for a topic with so many copies. */
export function settingsOf(topic: Topic, copies: number, { minInsync }: TopicChoices): TopicSetting[] {
  const settings: TopicSetting[] = [
    { name: 'cleanup.policy', value: topic.cleanup, kind: 'ours' },
    { name: TIMESTAMPS, value: BY_THE_BROKER, kind: 'ours' },
    { name: 'max.message.bytes', value: String(topic.maxMessageBytes), kind: 'at least' },
    { name: RETENTION, value: String(topic.retentionMs), kind: 'default' },
  ];
  // More than there are copies could never be acknowledged.
  if (minInsync !== undefined) settings.push({ name: MIN_INSYNC, value: String(Math.min(minInsync, copies)), kind: 'ours' });
  else if (copies >= 3) settings.push({ name: MIN_INSYNC, value: '2', kind: 'default' });
  // A compacted topic is read whole at every start: keep what is superseded short.
  if (topic.cleanup === 'compact')
    settings.push(
      { name: 'min.cleanable.dirty.ratio', value: '0.1', kind: 'default' },
      { name: 'segment.ms', value: '3600000', kind: 'default' },
      { name: 'delete.retention.ms', value: String(topic.retentionMs), kind: 'default' },
    );
  // By age alone: a topic that is full must not lose what has not been read.
  else settings.push({ name: 'retention.bytes', value: '-1', kind: 'default' });
  return settings;
}

const delayOf = new Map(tiers.map(({ topic, delayMs }) => [topic.name, delayMs]));

/** How long a topic must keep its records so that none is deleted before it can be read: a tier, as long as they wait there. 0 = however short. */
export const leastRetentionMs = ({ name }: Topic): number => {
  const delayMs = delayOf.get(name);
  return delayMs === undefined ? 0 : delayMs + LATE_MS;
};

/** As long as that, and a day that dispatchers or the log may be away; 0 where nobody has to read it. */
export const soundRetentionMs = (topic: Topic): number =>
  delayOf.has(topic.name) || ['events', 'deliveries', 'attempts', 'signals'].includes(topic.name) ? (delayOf.get(topic.name) ?? 0) + DAY_MS : 0;

/** Its order is the order of everything in it. */
export const hasOnePartition = (topic: Topic): boolean => topic.partitions === 1;
