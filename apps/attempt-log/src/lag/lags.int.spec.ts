import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { deliveries, events, tiers, topics, type Topic } from '@nuncio/contracts';
import { applyTopics, BatchProducer, createKafka, Offsets, topicName, type KafkaSettings } from '@nuncio/kafka';
import { offsetsSetRecords } from '../metrics.js';
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
});
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

it('says what somebody skips, or has handled again, who sets the offsets of a stopped group: nobody could know', async () => {
  const topic = topicName(kafka.topicPrefix, deliveries);
  await append(deliveries, 20);
  const ends = await admin.fetchTopicOffsets(topic);
  const { partition, high } = ends.find((one) => Number(one.high) > 0)!;
  const set = (offset: string) => admin.setOffsets({ groupId: `${kafka.topicPrefix}.dispatcher`, topic, partitions: [{ partition, offset }] });
  const lags = new Lags();
  const counted = async () => {
    await lags.look(offsets, kafka.topicPrefix);
    const { values } = await offsetsSetRecords.get();
    return ['skipped', 'repeated'].map((effect) => values.find(({ labels }) => labels.topic === topic && labels.effect === effect)?.value ?? 0);
  };
  await set('0');
  expect(await counted()).toEqual([0, 0]);
  await set(high);
  expect(await counted()).toEqual([Number(high), 0]);
  await set('0');
  expect(await counted()).toEqual([Number(high), Number(high)]);

  const member = client.consumer({ groupId: `${kafka.topicPrefix}.dispatcher` });
  await member.connect();
  await member.subscribe({ topic, fromBeginning: true });
  await member.run({ eachMessage: () => Promise.resolve() });
  while (!(await offsets.hasMembers(`${kafka.topicPrefix}.dispatcher`))) await pause(50);
  while ((await admin.fetchOffsets({ groupId: `${kafka.topicPrefix}.dispatcher`, topics: [topic] }))[0]?.partitions.find((one) => one.partition === partition)?.offset !== high) await pause(50);
  expect(await counted()).toEqual([Number(high), Number(high)]);
  await member.disconnect();
  expect(await offsets.hasMembers(`${kafka.topicPrefix}.dispatcher`)).toBe(false);
  expect(await counted()).toEqual([Number(high), Number(high)]);
});
