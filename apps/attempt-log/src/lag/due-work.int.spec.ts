import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { deliveries, events, tiers, type Topic } from '@nuncio/contracts';
import { applyTopics, BatchProducer, createKafka, topicName, type KafkaSettings } from '@nuncio/kafka';
import { progressOf } from './due-work.js';
import { Due } from './due.js';

const kafka: KafkaSettings = { brokers: (process.env.KAFKA_BROKERS ?? '').split(','), topicPrefix: `due-spec-${randomUUID().slice(0, 8)}`, clientId: 'spec' };
const client = createKafka(kafka);
const admin = client.admin();
let producer: BatchProducer;

beforeAll(async () => {
  await admin.connect();
  await applyTopics(client, kafka.topicPrefix, [events, deliveries, ...tiers.map(({ topic }) => topic)]);
  producer = await BatchProducer.connected(kafka);
}, 60_000);
afterAll(async () => {
  await producer.disconnect();
  await admin.disconnect();
});

const append = (topic: Topic, count: number) => Promise.all(Array.from({ length: count }, (_, n) => producer.send(topic, { key: `k${n}`, value: Buffer.from('{}') })));
const due = async (group: string, now = Date.now()): Promise<number> => new Due().look(await progressOf(admin, kafka.topicPrefix, group, now), now).records;

it('counts what dispatchers could be working on, and nothing that only waits', async () => {
  const hour = tiers.find(({ name }) => name === '1h')!;
  await append(hour.topic, 100);
  await append(events, 7);
  expect([await due('delay'), await due('dispatcher')]).toEqual([0, 7]);
  expect(await due('delay', Date.now() + hour.delayMs + 1_000)).toBe(100);

  const topic = topicName(kafka.topicPrefix, events);
  const [{ partition, high } = { partition: 0, high: '0' }] = (await admin.fetchTopicOffsets(topic)).filter((one) => Number(one.high) > 0);
  await admin.setOffsets({ groupId: `${kafka.topicPrefix}.dispatcher`, topic, partitions: [{ partition, offset: high }] });
  expect(await due('dispatcher')).toBe(7 - Number(high));
});
