import { configLog, configState } from '@nuncio/contracts';
import { createKafka, topicName, type KafkaSettings } from '@nuncio/kafka';

type Admin = ReturnType<ReturnType<typeof createKafka>['admin']>;

/** The group that nobody consumes with: its offset of `config.log` is the position that is published. */
export const relayGroup = (prefix: string): string => `${prefix}.config-relay`;

/**
 * Where Kafka knows of a later position than there is, the database was restored to an earlier moment: what is to come at those positions has to be published
 * all the same. `head` is that of the last event, whose lock the caller holds. Answers from where it went back; null = it did not have to.
 */
export async function rewind(settings: KafkaSettings, head: number): Promise<number | null> {
  return withAdmin(settings, async (admin) => {
    const published = await publishedPosition(admin, settings.topicPrefix);
    if (published <= head) return null;
    const [groupId, topic] = [relayGroup(settings.topicPrefix), topicName(settings.topicPrefix, configLog)];
    await admin.setOffsets({ groupId, topic, partitions: [{ partition: 0, offset: String(head) }] });
    return published;
  });
}

/**
 * Throws where the database was restored to an earlier moment and `config.state` still has what was published after it. Views keep what is newer, so that nothing that is written could take
 * a change back, or a callback that the database no longer has: only a new topic does.
 */
export async function requireNothingLater(settings: KafkaSettings, head: number): Promise<void> {
  await withAdmin(settings, async (admin) => {
    const published = await publishedPosition(admin, settings.topicPrefix);
    const topic = topicName(settings.topicPrefix, configState);
    const [end] = published > head ? await admin.fetchTopicOffsets(topic) : [];
    if (Number(end?.high ?? 0) > 0)
      throw new Error(
        `the database was restored to position ${head} and ${topic} has changes up to ${published}, which no service would give up: stop the services, delete the topic, npm run migrate, and do this again`,
      );
  });
}

async function publishedPosition(admin: Admin, prefix: string): Promise<number> {
  const [fetched] = await admin.fetchOffsets({ groupId: relayGroup(prefix), topics: [topicName(prefix, configLog)] });
  return Number(fetched?.partitions[0]?.offset ?? 0);
}

async function withAdmin<T>(settings: KafkaSettings, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = createKafka(settings).admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}
