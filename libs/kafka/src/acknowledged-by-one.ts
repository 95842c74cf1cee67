import type { Topic } from '@nuncio/contracts';
import kafkajs, { type Kafka } from 'kafkajs';
import { topicName } from './kafka.js';

const SETTING = 'min.insync.replicas';

/**
 * A warning where "acknowledged by all in-sync replicas" may mean one broker for some of these topics: what it acknowledged is lost with its disk.
 * null where every record is on two brokers or more.
 */
export async function acknowledgedByOne(kafka: Kafka, prefix: string, topics: readonly Topic[]): Promise<string | null> {
  if (!topics.length) return null;
  const admin = kafka.admin();
  await admin.connect();
  try {
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: topics.map((topic) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name: topicName(prefix, topic), configNames: [SETTING] })),
    });
    const alone = resources.filter(({ configEntries }) => configEntries.some(({ configName, configValue }) => configName === SETTING && Number(configValue) < 2));
    if (!alone.length) return null;
    const names = alone.map(({ resourceName }) => resourceName).join(', ');
    return `${SETTING} is 1 of ${names}: a record counts as acknowledged when one broker has it, and is lost with that broker. On three brokers or more set TOPIC_REPLICATION=3 and TOPIC_MIN_INSYNC=2 before npm run migrate`;
  } finally {
    await admin.disconnect();
  }
}
