import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { Topic } from '@nuncio/contracts';
import { makeTopics } from '@nuncio/fixtures';
import { BatchProducer, createKafka, topicName, type KafkaSettings } from '../index.js';

const kafka: KafkaSettings = { brokers: (process.env.KAFKA_BROKERS ?? '').split(','), topicPrefix: `producer-spec-${randomUUID().slice(0, 8)}`, clientId: 'spec' };
const client = createKafka(kafka);
const admin = client.admin();
const producer = new BatchProducer(client, kafka.topicPrefix);
const topic = (name: string): Topic => ({ name, partitions: 3, cleanup: 'delete', retentionMs: 3_600_000, maxMessageBytes: 1_100_000 });
const [healthy, missing, deleted] = [topic('healthy'), topic('missing'), topic('deleted')];

const create = (one: Topic): Promise<void> => makeTopics(admin, [{ topic: topicName(kafka.topicPrefix, one), numPartitions: one.partitions }]);
const sendAll = (of: BatchProducer, one: Topic, count: number, signal?: AbortSignal): Promise<void>[] => Array.from({ length: count }, (_, n) => of.send(one, { key: String(n), value: String(n) }, signal));
/** Deletes it, and waits until none of its partitions takes a record any more. A broker lets go of one after another, and acknowledges meanwhile what goes with them. */
async function remove(one: Topic): Promise<void> {
  await admin.deleteTopics({ topics: [topicName(kafka.topicPrefix, one)] });
  for (let refusals = 0; refusals < 2; ) {
    const probes = await Promise.allSettled(sendAll(producer, one, 30, AbortSignal.timeout(2_000)));
    refusals = probes.every(({ status }) => status === 'rejected') ? refusals + 1 : 0;
  }
}
const written = async (one: Topic): Promise<number> => (await admin.fetchTopicOffsets(topicName(kafka.topicPrefix, one))).reduce((sum, { high }) => sum + Number(high), 0);

beforeAll(async () => {
  await admin.connect();
  await create(healthy);
  await create(deleted);
  await producer.connect();
});

afterAll(async () => {
  await producer.disconnect();
  await admin.disconnect();
});

it('writes to what can be written at once, beside a topic that is not there and one that was deleted: nobody wrote anything', async () => {
  await Promise.all(sendAll(producer, deleted, 30));
  await remove(deleted);
  const given = new AbortController();
  const stuck = [missing, deleted].flatMap((one) => sendAll(producer, one, 30, given.signal));
  const settled = Promise.allSettled(stuck);
  const lateMs: number[] = [];
  for (let round = 0; round < 20; round++) {
    const at = performance.now();
    await Promise.all(sendAll(producer, healthy, 30));
    lateMs.push(performance.now() - at);
  }
  // A request that waits for the bad ones would wait for their retries, of a second each; the machine may be busy now and then.
  expect(lateMs.sort((a, b) => a - b)[5]).toBeLessThan(800);
  expect(await written(healthy)).toBe(600);
  given.abort();
  expect((await settled).map(({ status }) => status)).toEqual(stuck.map(() => 'rejected'));
});

it('goes on with a topic as soon as it can be written, each record once', async () => {
  const again = topic('again');
  const sent = sendAll(producer, again, 100);
  await Promise.all(sendAll(producer, healthy, 1));
  await create(again);
  await Promise.all(sent);
  expect(await written(again)).toBe(100);
});

it('knows what time it is for the brokers where its own clock is another', async () => {
  const stamped = topic('stamped');
  await makeTopics(admin, [{ topic: topicName(kafka.topicPrefix, stamped), numPartitions: 1, configEntries: [{ name: 'message.timestamp.type', value: 'LogAppendTime' }] }]);
  const now = Date.now.bind(Date);
  const clock = jest.spyOn(Date, 'now').mockImplementation(() => now() + 3_600_000);
  const ahead = new BatchProducer(client, kafka.topicPrefix);
  try {
    await ahead.connect();
    await Promise.all(sendAll(ahead, stamped, 1));
    expect(Math.abs(ahead.brokerNow - now())).toBeLessThan(60_000);
  } finally {
    clock.mockRestore();
    await ahead.disconnect();
  }
});

it('finds the partitions that a topic got in place of others', async () => {
  const smaller = topic('smaller');
  await create(smaller);
  await Promise.all(sendAll(producer, smaller, 30));
  await remove(smaller);
  const sent = sendAll(producer, smaller, 30);
  await create({ ...smaller, partitions: 1 });
  await Promise.all(sent);
  expect(await written(smaller)).toBe(30);
});

it('flushes when it disconnects, and rejects what cannot be written then', async () => {
  const leaving = new BatchProducer(client, kafka.topicPrefix);
  await leaving.connect();
  const before = await written(healthy);
  const sent = [...sendAll(leaving, healthy, 40), ...sendAll(leaving, missing, 2)];
  const settled = Promise.allSettled(sent);
  await leaving.disconnect();
  expect((await settled).map(({ status }) => status)).toEqual([...Array<string>(40).fill('fulfilled'), 'rejected', 'rejected']);
  expect((await written(healthy)) - before).toBe(40);
});

it('rejects what no client could write, before anything waits for it', async () => {
  await expect(producer.send(healthy, { key: 'k', value: 'v', headers: { odd: null as unknown as string } })).rejects.toThrow('must be of type string');
});
