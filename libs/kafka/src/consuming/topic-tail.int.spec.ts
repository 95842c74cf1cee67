import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { pulse, type Topic } from '@nuncio/contracts';
import Cluster from 'kafkajs/src/cluster/index.js';
import { applyTopics, BatchProducer, createKafka, TopicTail, type KafkaSettings } from '../index.js';
import { eventually } from '../testing/eventually.js';

const kafka: KafkaSettings = { brokers: (process.env.KAFKA_BROKERS ?? '').split(','), topicPrefix: `tail-spec-${randomUUID().slice(0, 8)}`, clientId: 'spec' };
const client = createKafka(kafka);
const producer = new BatchProducer(client, kafka.topicPrefix);
const tails: TopicTail[] = [];

beforeAll(() => producer.connect());
afterAll(() => Promise.all([producer.disconnect(), ...tails.map((tail) => tail.stop())]));

function tail(topic: Topic, sinceMs: number): string[] {
  const read: string[] = [];
  const one = new TopicTail(kafka, topic, { sinceMs, onRecord: ({ value, at }) => void read.push(`${value?.toString() ?? ''}${Math.abs(Date.now() - at) < 600_000 ? '' : ' at no time'}`) });
  tails.push(one);
  one.start();
  return read;
}
const write = (topic: Topic, values: readonly string[]) => Promise.all(values.map((value) => producer.send(topic, { key: 'k', value })));

it('reads what was written lately, once, and what comes', async () => {
  await applyTopics(client, kafka.topicPrefix, [pulse]);
  await write(pulse, ['a', 'b', 'c']);
  const read = tail(pulse, 600_000);
  await eventually('the former records are read', () => read.length === 3);
  await write(pulse, ['d', 'e']);
  await eventually('the new ones are read', () => read.length === 5);
  expect(read).toEqual(['a', 'b', 'c', 'd', 'e']);
});

it('begins at the end where nothing is so young', async () => {
  // An hour ahead: the topic has no record of that time.
  const read = tail(pulse, -3_600_000);
  let n = 0;
  while (!read.length && n < 300) {
    await write(pulse, [`late ${++n}`]);
    await pause(100);
  }
  expect(read[0]).toMatch(/^late/);
});

it('reads what is written while it looks for its beginning: it was skipped', async () => {
  const empty = { ...pulse, name: 'empty' };
  await applyTopics(client, kafka.topicPrefix, [empty]);
  const { fetchTopicsOffset } = Cluster.prototype;
  const looks = jest.spyOn(Cluster.prototype, 'fetchTopicsOffset').mockImplementationOnce(async function (this: Cluster, asked) {
    const answer = await fetchTopicsOffset.call(this, asked);
    await write(empty, ['between']);
    return answer;
  });
  const read = tail(empty, 600_000);
  await eventually('the record is read', () => read.length === 1);
  expect(read).toEqual(['between']);
  looks.mockRestore();
});

it('waits for a topic that is not there yet', async () => {
  const later = { ...pulse, name: 'later' };
  const read = tail(later, 600_000);
  await applyTopics(client, kafka.topicPrefix, [later]);
  await write(later, ['first']);
  await eventually('the first record is read', () => read.length === 1);
});
