import { setTimeout as pause } from 'node:timers/promises';
import type { Topic } from '@nuncio/contracts';
import kafkajs, { type Admin, type Kafka } from 'kafkajs';
import { brokerError } from './broker-error.js';
import { topicName } from './kafka.js';

const KNOWN_WITHIN_MS = 30_000;

export interface TopicChoices {
  /** Copies of each partition; -1 = the cluster's own default. */
  readonly replication?: number;
  /** How many copies have a record when it counts as acknowledged (`min.insync.replicas`); absent: 2 of three copies or more, otherwise the cluster's own default. */
  readonly minInsync?: number;
}

const settingsOf = (topic: Topic): Record<string, string> => ({
  'cleanup.policy': topic.cleanup,
  'retention.ms': String(topic.retentionMs),
  'max.message.bytes': String(topic.maxMessageBytes),
  'message.timestamp.type': topic.timestamps === 'append' ? 'LogAppendTime' : 'CreateTime',
  // A compacted topic is read whole at every start: keep what is superseded short.
  ...(topic.cleanup === 'compact' ? { 'min.cleanable.dirty.ratio': '0.1', 'segment.ms': '3600000', 'delete.retention.ms': String(topic.retentionMs) } : {}),
});

/** Makes what is missing and sets what differs; running it again changes nothing. Partitions are only ever added. */
export async function applyTopics(kafka: Kafka, prefix: string, topics: readonly Topic[], { replication = -1, minInsync }: TopicChoices = {}): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const existing = new Set(await admin.listTopics());
    const name = (topic: Topic): string => topicName(prefix, topic);
    const missing = topics.filter((topic) => !existing.has(name(topic)));
    if (missing.length)
      await admin.createTopics({
        waitForLeaders: false,
        topics: missing.map((topic) => ({ topic: name(topic), numPartitions: topic.partitions, replicationFactor: replication, configEntries: entriesOf(settingsOf(topic)) })),
      });
    // How many copies there are of a topic is known for certain when it is there: the cluster may have a default of its own.
    const placed = await placesOf(admin, topics.map(name));
    await admin.alterConfigs({
      validateOnly: false,
      resources: topics.map((topic) => ({
        type: kafkajs.ConfigResourceTypes.TOPIC,
        name: name(topic),
        configEntries: entriesOf({ ...settingsOf(topic), ...insyncOf(placed.get(name(topic))?.copies ?? 1, minInsync) }),
      })),
    });
    const grown = topics.filter((topic) => (placed.get(name(topic))?.partitions ?? topic.partitions) < topic.partitions);
    if (grown.length) await admin.createPartitions({ topicPartitions: grown.map((topic) => ({ topic: name(topic), count: topic.partitions })) });
  } finally {
    await admin.disconnect();
  }
}

const entriesOf = (settings: Record<string, string>) => Object.entries(settings).map(([name, value]) => ({ name, value }));

/** More than there are copies could never be acknowledged. */
function insyncOf(copies: number, minInsync = copies >= 3 ? 2 : undefined): Record<string, string> {
  return minInsync === undefined ? {} : { 'min.insync.replicas': String(Math.min(minInsync, copies)) };
}

/** How many partitions a topic has, and how many copies of each, once all of them have leaders. */
async function placesOf(admin: Admin, names: string[]): Promise<Map<string, { partitions: number; copies: number }>> {
  const { topics } = await onceKnown(() => admin.fetchTopicMetadata({ topics: names }));
  return new Map(topics.map(({ name, partitions }) => [name, { partitions: partitions.length, copies: Math.min(...partitions.map(({ replicas }) => replicas.length)) }]));
}

/** What one broker has made another one, which is asked, hears of a moment later: kafkajs' own waiting gives up there. */
async function onceKnown<T>(ask: () => Promise<T>): Promise<T> {
  for (const deadline = Date.now() + KNOWN_WITHIN_MS; ;) {
    try {
      return await ask();
    } catch (error) {
      if (!['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE'].includes(brokerError(error) ?? '') || Date.now() > deadline) throw error;
      await pause(100);
    }
  }
}
