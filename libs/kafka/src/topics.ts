import type { Topic } from '@nuncio/contracts';
import kafkajs, { type Kafka } from 'kafkajs';
import { topicName } from './kafka.js';

const settingsOf = (topic: Topic): Record<string, string> => ({
  'cleanup.policy': topic.cleanup,
  'retention.ms': String(topic.retentionMs),
  'max.message.bytes': String(topic.maxMessageBytes),
  'message.timestamp.type': topic.timestamps === 'append' ? 'LogAppendTime' : 'CreateTime',
  // A compacted topic is read whole at every start: keep what is superseded short.
  ...(topic.cleanup === 'compact' ? { 'min.cleanable.dirty.ratio': '0.1', 'segment.ms': '3600000', 'delete.retention.ms': String(topic.retentionMs) } : {}),
});

/** Makes what is missing and sets what differs; running it again changes nothing. Partitions are only ever added. */
export async function applyTopics(kafka: Kafka, prefix: string, topics: readonly Topic[], replication = -1): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const existing = new Set(await admin.listTopics());
    const name = (topic: Topic): string => topicName(prefix, topic);
    const missing = topics.filter((topic) => !existing.has(name(topic)));
    const present = topics.filter((topic) => existing.has(name(topic)));
    const entries = (topic: Topic) => Object.entries(settingsOf(topic)).map(([key, value]) => ({ name: key, value }));
    if (missing.length)
      await admin.createTopics({
        waitForLeaders: true,
        topics: missing.map((topic) => ({
          topic: name(topic),
          numPartitions: topic.partitions,
          replicationFactor: replication,
          configEntries: entries(topic),
        })),
      });
    if (!present.length) return;
    await admin.alterConfigs({
      validateOnly: false,
      resources: present.map((topic) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name: name(topic), configEntries: entries(topic) })),
    });
    const { topics: described } = await admin.fetchTopicMetadata({ topics: present.map(name) });
    const sizes = new Map(described.map((d) => [d.name, d.partitions.length]));
    const grown = present.filter((topic) => (sizes.get(name(topic)) ?? 0) < topic.partitions);
    if (grown.length) await admin.createPartitions({ topicPartitions: grown.map((topic) => ({ topic: name(topic), count: topic.partitions })) });
  } finally {
    await admin.disconnect();
  }
}
