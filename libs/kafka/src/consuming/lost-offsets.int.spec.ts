import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { attempts, events, type Topic } from '@nuncio/contracts';
import { applyTopics, BatchProducer, createKafka, KafkaServer, lostOffsets, passOver, type KafkaSettings, type LostOffsets, type RecordBatch } from '../index.js';
import { eventually } from '../testing/eventually.js';
import { joined } from '../testing/joined.js';

const WORK = Symbol('work');
const kafka: KafkaSettings = { brokers: (process.env.KAFKA_BROKERS ?? '').split(','), topicPrefix: `lost-spec-${randomUUID().slice(0, 8)}`, clientId: 'spec' };
const client = createKafka(kafka);
const producer = new BatchProducer(client, kafka.topicPrefix);
const told: unknown[] = [];

beforeAll(async () => {
  lostOffsets.subscribe((message) => { if ((message as LostOffsets).records > 0) told.push(message); });
  await applyTopics(client, kafka.topicPrefix, [events, attempts]);
  await producer.connect();
});
afterAll(() => producer.disconnect());

const write = (topic: Topic, n: number) => Promise.all(Array.from({ length: n }, (_, i) => producer.send(topic, { key: `k${i}`, value: '{}' })));

/** A member of the group until everything is read; returns how many records it got. Two minutes from now, so that nothing is young. */
async function work(expected: number): Promise<void> {
  let read = 0;
  const server = new KafkaServer({ kafka, group: 'workers', transportId: WORK, workTopic: attempts, now: () => Date.now() + 120_000, putAway: passOver });
  const handle = ({ records }: RecordBatch) => {
    read += records.length;
    for (const record of records) record.done();
    return Promise.resolve();
  };
  server.addHandler('events', handle as never, true);
  await joined(server);
  await eventually('everything is read', () => read >= expected);
  await pause(500);
  await server.close();
  expect(read).toBe(expected);
}

it('says that the offsets of a group are lost, and does everything again: it was repeated without a word', async () => {
  await write(events, 30);
  await work(30);
  // A new group, which finds work that waits.
  expect(told).toEqual([]);
  await write(attempts, 30);
  await work(0);
  // Its offsets are there.
  expect(told).toEqual([]);
  const admin = client.admin();
  await admin.connect();
  await admin.deleteGroups([`${kafka.topicPrefix}.workers`]);
  await admin.disconnect();
  await work(30);
  expect(told).toEqual([{ group: 'workers', records: 30 }]);
});
