import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { deliveries, events } from '@nuncio/contracts';
import { applyTopics, BatchProducer, createKafka, KafkaServer, passOver, topicName, type KafkaSettings, type RecordBatch } from '../index.js';
import { eventually } from '../testing/eventually.js';
import { joined } from '../testing/joined.js';

const kafka: KafkaSettings = { brokers: (process.env.KAFKA_BROKERS ?? '').split(','), topicPrefix: `set-spec-${randomUUID().slice(0, 8)}`, clientId: 'spec' };
const groupId = `${kafka.topicPrefix}.workers`;
const client = createKafka(kafka);
const admin = client.admin();
const lines: string[] = [];

beforeAll(async () => {
  // A topic that was just made has no leader for a moment, which is said as well.
  const hear = (line: unknown): void => { if (String(line).includes('by hand')) lines.push(String(line)); };
  Logger.overrideLogger({ log: () => undefined, warn: hear, error: hear });
  await admin.connect();
  await applyTopics(client, kafka.topicPrefix, [events, deliveries]);
});
afterAll(() => admin.disconnect());

/** A member of the group, until it has got so many records and what it commits is seen. */
async function work(expected: number): Promise<void> {
  let read = 0;
  const server = new KafkaServer({ kafka, group: 'workers', transportId: Symbol('workers'), putAway: passOver });
  const handle = ({ records }: RecordBatch): Promise<void> => {
    read += records.length;
    for (const record of records) record.done();
    return Promise.resolve();
  };
  for (const topic of [events, deliveries]) server.addHandler(topic.name, handle as never, true);
  await joined(server);
  await eventually('everything is read', () => read >= expected);
  await eventually('it commits as a service does', async () => (await committed()).every(({ offset, metadata }) => offset === '-1' || Boolean(metadata)));
  await server.close();
  expect(read).toBe(expected);
}

async function committed(): Promise<{ topic: string; partition: number; offset: string; metadata: string | null }[]> {
  const found = await admin.fetchOffsets({ groupId, topics: [events, deliveries].map((topic) => topicName(kafka.topicPrefix, topic)) });
  return found.flatMap(({ topic, partitions }) => partitions.map((one) => ({ topic, ...one })));
}

it('says at its start where somebody has set its offsets, once, also if attempt-log had no time to look: events were skipped without a word', async () => {
  const producer = await BatchProducer.connected(kafka);
  for (let n = 0; n < 40; n++) await producer.send(events, { key: 'one', value: `${n}` });
  await producer.disconnect();
  await work(40);
  const before = (await committed()).find(({ offset }) => offset === '40');
  if (!before) throw new Error('nothing was committed');
  const { topic, partition } = before;
  const line = (offset: number): string => `${groupId} begins where somebody has set its offsets by hand in ${topic} (partition ${partition} at ${offset}).`;
  await work(0);
  expect(lines).toEqual([]);

  await admin.setOffsets({ groupId, topic, partitions: [{ partition, offset: '10' }] });
  await work(30);
  expect(lines).toEqual([expect.stringContaining(line(10))]);
  lines.length = 0;
  await admin.setOffsets({ groupId, topic, partitions: [{ partition, offset: '40' }] });
  await work(0);
  expect(lines).toEqual([expect.stringContaining(line(40))]);
  lines.length = 0;
  await work(0);
  expect(lines).toEqual([]);
});
