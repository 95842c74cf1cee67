import { attempts, deadLetters, events, quarantine, tokenEvents, type Topic } from '@nuncio/contracts';
import { createKafka, topicName, withAdmin, type KafkaSettings } from '@nuncio/kafka';
import { FAILED_RECORDS_GROUP } from '../failed-records/failed-records.controller.js';
import { GROUP } from '../ingest/ingest.controller.js';

type Admin = ReturnType<ReturnType<typeof createKafka>['admin']>;

/** The topics that the log is built from, by consumer group. `config.log` is not among them, since its notices must be sent only once. */
const READ: Readonly<Record<string, readonly Topic[]>> = { [GROUP]: [events, attempts, tokenEvents], [FAILED_RECORDS_GROUP]: [quarantine, deadLetters] };

interface Reread {
  /** The topic's name in Kafka. */
  readonly topic: string;
  /** Number of records to be read again. */
  readonly records: number;
}

interface Start {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
}

/**
 * Sets the log's consumer groups back to `since` (epoch milliseconds), or to the beginning (null). Throws while an attempt-log is a member of one.
 */
export const reread = (settings: KafkaSettings, since: number | null): Promise<Reread[]> =>
  withAdmin(createKafka(settings), async (admin) => {
    const groupIds = Object.keys(READ).map((group) => `${settings.topicPrefix}.${group}`);
    const { groups } = await admin.describeGroups(groupIds);
    if (groups.some(({ members }) => members.length > 0)) throw new Error('an attempt-log is running, or was a moment ago: stop all of them, and try again after 10 s');
    const counts: Reread[] = [];
    for (const [group, topics] of Object.entries(READ)) {
      const starts: Start[] = [];
      for (const topic of topics.map((one) => topicName(settings.topicPrefix, one))) {
        const { from, records } = await startOf(admin, topic, since);
        starts.push(...from);
        counts.push({ topic, records });
      }
      await commit(settings, `${settings.topicPrefix}.${group}`, starts);
    }
    return counts;
  });

async function startOf(admin: Admin, topic: string, since: number | null): Promise<{ from: Start[]; records: number }> {
  const ends = await admin.fetchTopicOffsets(topic);
  const found = since === null ? ends.map(({ partition, low }) => ({ partition, offset: low })) : await admin.fetchTopicOffsetsByTimestamp(topic, since);
  const high = new Map(ends.map((end) => [end.partition, Number(end.high)]));
  const records = found.reduce((sum, { partition, offset }) => sum + Math.max(0, (high.get(partition) ?? 0) - Number(offset)), 0);
  return { from: found.map(({ partition, offset }) => ({ topic, partition, offset })), records };
}

/** Commits all offsets as the group's only member. kafkajs' own call would rejoin the group for each topic, and wait for a fetch. */
async function commit(settings: KafkaSettings, groupId: string, starts: readonly Start[]): Promise<void> {
  const consumer = createKafka(settings).consumer({ groupId, maxWaitTimeInMs: 100 });
  const { promise: joined, resolve, reject } = Promise.withResolvers<unknown>();
  consumer.on(consumer.events.GROUP_JOIN, resolve);
  consumer.on(consumer.events.CRASH, ({ payload: { error } }) => {
    reject(error);
  });
  await consumer.connect();
  try {
    const topics = [...new Set(starts.map(({ topic }) => topic))];
    await consumer.subscribe({ topics });
    await consumer.run({ autoCommit: false, eachBatch: () => Promise.resolve() });
    consumer.pause(topics.map((topic) => ({ topic })));
    await joined;
    await consumer.commitOffsets([...starts]);
  } finally {
    await consumer.disconnect();
  }
}
