import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { events } from '@nuncio/contracts';
import { applyTopics, BatchProducer, createKafka, expiredRecords, KafkaServer, passOver, topicName, type KafkaSettings } from '../index.js';
import { collect } from '../testing/collect.js';
import { eventually } from '../testing/eventually.js';
import { joined } from '../testing/joined.js';

const kafka: KafkaSettings = { brokers: (process.env.KAFKA_BROKERS ?? '').split(','), topicPrefix: `range-spec-${randomUUID().slice(0, 8)}`, clientId: 'spec' };
const client = createKafka(kafka);
const admin = client.admin();
const producer = new BatchProducer(client, kafka.topicPrefix);
const topic = topicName(kafka.topicPrefix, events);
const groupId = `${kafka.topicPrefix}.workers`;
const told: unknown[] = [];
let partition = -1;
let number = 0;
/** What Kafka has not deleted. */
let left: string[] = [];

beforeAll(async () => {
  expiredRecords.subscribe((message) => void told.push(message));
  await Promise.all([admin.connect(), producer.connect()]);
  await applyTopics(client, kafka.topicPrefix, [events]);
  await write(1);
  // All records have one key, and so one partition. Others of a topic that was just made may not have a leader yet.
  while (partition === -1) partition = (await admin.fetchTopicOffsets(topic).catch(() => [])).find(({ high }) => high === '1')?.partition ?? -1;
});
afterAll(() => Promise.all([admin.disconnect(), producer.disconnect()]));
beforeEach(() => { told.length = 0; });

async function write(count: number): Promise<string[]> {
  const values = Array.from({ length: count }, () => String(number++));
  await Promise.all(values.map((value) => producer.send(events, { key: 'k', value })));
  return values;
}

const committed = async (): Promise<number> => Number((await admin.fetchOffsets({ groupId, topics: [topic] }))[0]?.partitions.find((one) => one.partition === partition)?.offset);

/** What a member reads until the group has finished everything. */
async function work(): Promise<string[]> {
  const read: string[] = [];
  const server = new KafkaServer({ kafka, group: 'workers', transportId: Symbol('work'), putAway: passOver });
  server.addHandler(events.name, collect(read) as never, true);
  await joined(server);
  await eventually(`the group is at ${number}`, async () => (await committed()) === number);
  await server.close();
  return read;
}

it('goes on with the first record that is left, says how many are gone, and repeats nothing after the next start: an offset of -2 was committed', async () => {
  const first = number - 1;
  expect(await work()).toHaveLength(number - first);
  await write(30);
  left = await write(5);
  // As Kafka does when records have become too old.
  await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(number - 5) }] });
  expect(await work()).toEqual(left);
  expect(told).toEqual([{ group: groupId, topic, records: 30 }]);
  expect(await work()).toEqual([]);
});

it('loses no record when its place is beyond the end, which a broker without the last records may bring about: all records up to there were skipped', async () => {
  const before = await write(3);
  expect(await work()).toEqual(before);
  await admin.setOffsets({ groupId, topic, partitions: [{ partition, offset: String(number + 100) }] });
  const fresh = await write(1);
  // What lies before cannot be told from what is new.
  expect(await work()).toEqual([...left, ...before, ...fresh]);
  expect(told).toEqual([]);
  expect(await work()).toEqual([]);
});
