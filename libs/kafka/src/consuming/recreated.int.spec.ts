import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { events, type Topic } from '@nuncio/contracts';
import { applyTopics, BatchProducer, createKafka, KafkaServer, passOver, topicName, type InboundRecord, type KafkaSettings, type RecordBatch } from '../index.js';
import { collect } from '../testing/collect.js';
import { eventually } from '../testing/eventually.js';
import { joined } from '../testing/joined.js';

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

/** `delayMs`: the records of the topic wait so long. */
const consumers: Readonly<Record<string, { readonly restarts?: boolean; readonly delayMs?: number }>> = {
  'has read some': {},
  'has read some, but none since it was started': { restarts: true },
  'waits for a record to be due, and asks nobody meanwhile': { delayMs: 8_000 },
};

describe('a topic that was made anew and has more records than its consumer had read hands over all of them: as many as had been read were skipped', () => {
  const count = 20;
  const fresh = Array.from({ length: 10 * count }, (_, n) => `new-${n}`);

  it.each(Object.entries(consumers))('if the consumer %s', async (_, { restarts, delayMs }) => {
    const prefix = `recreated-${randomUUID().slice(0, 8)}`;
    const own = { ...kafka, topicPrefix: prefix };
    const writer = new BatchProducer(client, prefix);
    await Promise.all([writer.connect(), applyTopics(client, prefix, [events])]);
    const publish = (values: readonly string[]): Promise<unknown> => Promise.all(values.map((value) => writer.send(events, { key: 'k', value })));
    const seen: string[] = [];
    const start = async (): Promise<KafkaServer> => {
      const server = new KafkaServer({ kafka: own, group: 'recreated', transportId: Symbol('work'), putAway: passOver, ...(delayMs && { delayMs: () => delayMs }) });
      server.addHandler(events.name, collect(seen) as never, true);
      await joined(server);
      return server;
    };
    let server = await start();
    await publish(Array.from({ length: count }, (_, n) => `old-${n}`));
    await eventually('the old records are read', () => seen.length === count);
    if (restarts) {
      await server.close();
      server = await start();
    }
    if (delayMs) {
      await publish(['never due']);
      await eventually('the consumer waits', () => [...server.partitions].some(({ stands }) => stands));
    }
    const topic = topicName(prefix, events);
    await admin.deleteTopics({ topics: [topic] });
    await eventually('the topic is gone', async () => !(await admin.listTopics()).includes(topic));
    await applyTopics(client, prefix, [events]);
    await publish(fresh);
    await eventually('the new records are read', () => fresh.every((value) => seen.includes(value)));
    expect(seen).toHaveLength(count + fresh.length);
    await Promise.all([server.close(), writer.disconnect()]);
  });
});
