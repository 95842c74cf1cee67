import { attempts, events, tokenEvents } from '@nuncio/contracts';
import { topicName } from '@nuncio/kafka';
import { lagRecords } from '../metrics.js';
import type { Admin, WatchSettings } from './kafka-watch.js';

const TOPICS = [attempts, events, tokenEvents];

/** What is waiting in Kafka for the log. It asks Kafka, not the consumer: what does not come in is waiting, too. */
export async function lookAtLag(admin: Admin, { kafka, groupId }: WatchSettings): Promise<void> {
  for (const topic of TOPICS) lagRecords.set({ topic: topic.name }, await lagOf(admin, groupId, topicName(kafka.topicPrefix, topic)));
}

/** A partition of which nothing is committed is read from its beginning. */
async function lagOf(admin: Admin, groupId: string, topic: string): Promise<number> {
  const [ends, groups] = await Promise.all([admin.fetchTopicOffsets(topic), admin.fetchOffsets({ groupId, topics: [topic] })]);
  const committed = new Map(groups.flatMap(({ partitions }) => partitions.map(({ partition, offset }) => [partition, Number(offset)])));
  return ends.reduce((lag, { partition, low, high }) => lag + Math.max(0, Number(high) - Math.max(Number(low), committed.get(partition) ?? 0)), 0);
}
