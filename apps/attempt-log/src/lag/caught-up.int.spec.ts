import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { attempts, deadLetters, events, quarantine, tokenEvents } from '@nuncio/contracts';
import { applyTopics, BatchProducer, createKafka, topicName, type KafkaSettings } from '@nuncio/kafka';
import { setTimeout as pause } from 'node:timers/promises';
import { CaughtUp } from './caught-up.js';
import { reread } from './reread.js';

const kafka: KafkaSettings = { brokers: (process.env.KAFKA_BROKERS ?? '').split(','), topicPrefix: `caught-up-${randomUUID().slice(0, 8)}`, clientId: 'spec' };
const groupId = `${kafka.topicPrefix}.attempt-log`;
const topic = topicName(kafka.topicPrefix, attempts);
const client = createKafka(kafka);
const admin = client.admin();
let producer: BatchProducer;

beforeAll(async () => {
  await admin.connect();
  await applyTopics(client, kafka.topicPrefix, [events, attempts, tokenEvents, quarantine, deadLetters]);
  producer = await BatchProducer.connected(kafka);
});
afterAll(async () => {
  await producer.disconnect();
  await admin.disconnect();
});

const write = (count: number) => Promise.all(Array.from({ length: count }, (_, n) => producer.send(attempts, { key: `k${n}`, value: Buffer.from('{}') })));
/** Reads and commits as the log does. */
async function readAll(): Promise<void> {
  const ends = await admin.fetchTopicOffsets(topic);
  const consumer = client.consumer({ groupId, maxWaitTimeInMs: 50 });
  const left = new Set(ends.filter(({ high }) => high !== '0').map(({ partition }) => partition));
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const read = new Promise<void>((resolve) => {
    void consumer.run({
      eachBatch: ({ batch }) => {
        if (Number(batch.lastOffset()) + 1 >= Number(ends.find(({ partition }) => partition === batch.partition)?.high)) left.delete(batch.partition);
        if (!left.size) resolve();
        return Promise.resolve();
      },
    });
  });
  await read;
  await consumer.disconnect();
}
const committed = async (): Promise<number> => {
  const [of] = await admin.fetchOffsets({ groupId, topics: [topic] });
  return (of?.partitions ?? []).reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0);
};

it('makes the log read its topics again, from the beginning or from a time, and knows when the log has read what was there', async () => {
  await write(40);
  await pause(20);
  const since = Date.now();
  await pause(20);
  await write(3);
  await readAll();

  expect(await reread(kafka, since)).toContainEqual({ topic, records: 3 });
  expect(await committed()).toBe(40);
  expect(await reread(kafka, null)).toEqual([events, attempts, tokenEvents, quarantine, deadLetters].map((one) => ({ topic: topicName(kafka.topicPrefix, one), records: one === attempts ? 43 : 0 })));
  expect(await committed()).toBe(0);

  const caughtUp = new CaughtUp(kafka, groupId);
  let told = 0;
  caughtUp.whenSo(() => (told += 1));
  await caughtUp.onApplicationBootstrap();
  while (!caughtUp.hasLooked) await pause(20);
  expect([caughtUp.isSo, told]).toEqual([false, 0]);
  await readAll();
  // Records written from now on do not matter.
  await write(5);
  while (!caughtUp.isSo) await pause(20);
  caughtUp.whenSo(() => (told += 1));
  expect(told).toBe(2);
  await caughtUp.onApplicationShutdown();
});

it('moves no offset while an attempt-log runs: the process would overwrite it with its next commit', async () => {
  const consumer = client.consumer({ groupId, maxWaitTimeInMs: 100 });
  const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve));
  await consumer.connect();
  await consumer.subscribe({ topic });
  await consumer.run({ autoCommit: false, eachBatch: () => Promise.resolve() });
  await joined;
  await expect(reread(kafka, null)).rejects.toThrow('an attempt-log is running');
  await consumer.disconnect();
  expect(await reread(kafka, null)).toHaveLength(5);
});
