import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { events, tiers, topics, type Topic } from '@nuncio/contracts';
import { applyTopics, BatchProducer, createKafka, Offsets, topicName, type KafkaSettings } from '@nuncio/kafka';
import { Lags } from './lags.js';

const kafka: KafkaSettings = { brokers: (process.env.KAFKA_BROKERS ?? '').split(','), topicPrefix: `lags-spec-${randomUUID().slice(0, 8)}`, clientId: 'spec' };
const client = createKafka(kafka);
const admin = client.admin();
const offsets = new Offsets(kafka);
let producer: BatchProducer;

beforeAll(async () => {
  await admin.connect();
  await applyTopics(client, kafka.topicPrefix, topics);
  producer = await BatchProducer.connected(kafka);
}, 60_000);
afterAll(async () => {
  await producer.disconnect();
  await Promise.all([admin.disconnect(), offsets.disconnect()]);
});

const append = (topic: Topic, count: number) => Promise.all(Array.from({ length: count }, (_, n) => producer.send(topic, { key: `k${n}`, value: Buffer.from('{}') })));
async function lagOf(group: string, topic: string, at = Date.now()): Promise<number> {
  const lags = new Lags(() => at);
  await lags.look(offsets, kafka.topicPrefix);
  return lags.all.filter((lag) => lag.group === group && lag.topic === topic).reduce((sum, { lagRecords }) => sum + lagRecords, 0);
}

it('counts records that a group could be working on, and none that only wait', async () => {
  const hour = tiers.find(({ name }) => name === '1h')!;
  await append(hour.topic, 100);
  await append(events, 7);
  expect([await lagOf('delay', 'delay.1h'), await lagOf('dispatcher', 'events'), await lagOf('attempt-log', 'events'), await lagOf('token-service', 'token.requests')]).toEqual([0, 7, 7, 0]);
  expect(await lagOf('delay', 'delay.1h', Date.now() + hour.delayMs + 1_000)).toBe(100);

  const topic = topicName(kafka.topicPrefix, events);
  const [{ partition, high } = { partition: 0, high: '0' }] = (await admin.fetchTopicOffsets(topic)).filter((one) => Number(one.high) > 0);
  await admin.setOffsets({ groupId: `${kafka.topicPrefix}.dispatcher`, topic, partitions: [{ partition, offset: high }] });
  expect(await lagOf('dispatcher', 'events')).toBe(7 - Number(high));
});
