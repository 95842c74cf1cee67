import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { events, type Topic } from '@nuncio/contracts';
import { applyTopics, BatchProducer, createKafka, KafkaServer, passOver, topicName, type InboundRecord, type KafkaSettings, type RecordBatch } from './index.js';
import { eventually } from './testing/eventually.js';
import { joined } from './testing/joined.js';

const kafka: KafkaSettings = { brokers: (process.env.KAFKA_BROKERS ?? '').split(','), topicPrefix: `recreated-${randomUUID().slice(0, 8)}`, clientId: 'spec' };
const client = createKafka(kafka);
const admin = client.admin();
const producer = new BatchProducer(client, kafka.topicPrefix);
const name = (topic: Topic): string => topicName(kafka.topicPrefix, topic);

beforeAll(async () => {
  await Promise.all([admin.connect(), producer.connect()]);
  await applyTopics(client, kafka.topicPrefix, [events]);
});
afterAll(() => Promise.all([admin.disconnect(), producer.disconnect()]));

it('hands over every record of a topic that was deleted and made anew: they were taken for those that had their offsets before', async () => {
  const work = Symbol('work');
  const seen: string[] = [];
  const kept: InboundRecord[] = [];
  const server = new KafkaServer({ kafka, group: 'recreated', transportId: work, putAway: passOver });
  const handle = ({ records }: RecordBatch): Promise<void> => {
    for (const record of records) {
      seen.push(String(record.value));
      if (String(record.value) === 'old-40') kept.push(record);
      else record.done();
    }
    return Promise.resolve();
  };
  server.addHandler(events.name, handle as never, true);
  await joined(server);
  const publish = (values: readonly string[]): Promise<unknown> => Promise.all(values.map((value) => producer.send(events, { key: 'k', value })));
  const old = Array.from({ length: 50 }, (_, n) => `old-${n}`);
  const fresh = Array.from({ length: 45 }, (_, n) => `new-${n}`);
  await publish(old);
  await eventually('the old records are read', () => seen.length === 50);

  await admin.deleteTopics({ topics: [name(events)] });
  await eventually('the topic is gone', async () => !(await admin.listTopics()).includes(name(events)));
  await applyTopics(client, kafka.topicPrefix, [events]);
  await publish(fresh);
  await eventually('the new records are read', () => fresh.every((value) => seen.includes(value)));
  expect(seen).toHaveLength(95);
  // Records of the former log that were in work say nothing of those with their offsets now.
  for (const record of kept) record.done();
  const committed = async (): Promise<boolean> => {
    const [topic] = await admin.fetchOffsets({ groupId: `${kafka.topicPrefix}.recreated`, topics: [name(events)] });
    return topic?.partitions.some(({ offset }) => offset === '45') ?? false;
  };
  await eventually('all are committed', committed);
  await server.close();
});
