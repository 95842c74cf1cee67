import { configLog } from '@nuncio/contracts';
import { createKafka, topicName, type KafkaSettings } from '@nuncio/kafka';

/** The group that nobody consumes with: its offset of `config.log` is the position that is published. */
export const relayGroup = (prefix: string): string => `${prefix}.config-relay`;

/**
 * Where Kafka knows of a later position than there is, the database was restored to an earlier moment: what is to come at those positions has to be published
 * all the same. `head` is that of the last event, whose lock the caller holds. Answers from where it went back; null = it did not have to.
 */
export async function rewind(settings: KafkaSettings, head: number): Promise<number | null> {
  const admin = createKafka(settings).admin();
  const [groupId, topic] = [relayGroup(settings.topicPrefix), topicName(settings.topicPrefix, configLog)];
  await admin.connect();
  try {
    const [fetched] = await admin.fetchOffsets({ groupId, topics: [topic] });
    const published = Number(fetched?.partitions[0]?.offset ?? 0);
    if (published <= head) return null;
    await admin.setOffsets({ groupId, topic, partitions: [{ partition: 0, offset: String(head) }] });
    return published;
  } finally {
    await admin.disconnect();
  }
}
