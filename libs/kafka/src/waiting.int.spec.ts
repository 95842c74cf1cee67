import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { events } from '@nuncio/contracts';
import type { Consumer } from 'kafkajs';
import { applyTopics, BatchProducer, createKafka, KafkaServer, passOver, type KafkaSettings } from './index.js';
import { collect } from './testing/collect.js';
import { eventually } from './testing/eventually.js';
import { joined } from './testing/joined.js';

const WORK = Symbol('work');
const PARTITIONS = 12;
/** Less than a fetch waits. */
const AT_ONCE_MS = 3_500;
const kafka: KafkaSettings = { brokers: (process.env.KAFKA_BROKERS ?? '').split(','), topicPrefix: `waiting-spec-${randomUUID().slice(0, 8)}`, clientId: 'spec' };
const client = createKafka(kafka);
const producer = new BatchProducer(client, kafka.topicPrefix);
const servers: KafkaServer[] = [];

beforeAll(async () => {
  await applyTopics(client, kafka.topicPrefix, [events]);
  await producer.connect();
}, 60_000);
afterAll(async () => {
  await Promise.all(servers.map((server) => server.close().catch(() => undefined)));
  await producer.disconnect();
}, 60_000);

async function member(read: string[] = []): Promise<KafkaServer> {
  const server = new KafkaServer({ kafka, group: 'workers', transportId: WORK, putAway: passOver });
  server.addHandler(events.name, collect(read) as never, true);
  servers.push(server);
  await joined(server);
  return server;
}

const owned = (server: KafkaServer): number => [...server.partitions].length;

/** Milliseconds until it is so. */
async function until(what: string, isTrue: () => boolean): Promise<number> {
  const startedAt = performance.now();
  await eventually(what, isTrue);
  return performance.now() - startedAt;
}

it('waits long for records, beats meanwhile, and takes a new record, a new member, an end of one and its own end at once', async () => {
  const read: string[] = [];
  const first = await member(read);
  const asked = { Fetch: 0, Heartbeat: 0 };
  const consumer: Consumer = first.unwrap();
  consumer.on(consumer.events.REQUEST, ({ payload: { apiName } }) => { if (apiName in asked) asked[apiName as keyof typeof asked] += 1; });
  await pause(10_000);
  // Each fetch waited a second, and each heartbeat for a fetch.
  expect(asked.Fetch).toBeLessThanOrEqual(4);
  expect(asked.Heartbeat).toBeGreaterThanOrEqual(5);

  await producer.send(events, { key: 'k', value: 'an event' });
  expect(await until('the event is read', () => read.length === 1)).toBeLessThan(AT_ONCE_MS / 2);

  // In the middle of a wait.
  await pause(1_000);
  const second = await member();
  expect(await until('both have partitions', () => owned(first) + owned(second) === PARTITIONS && owned(second) > 0)).toBeLessThan(AT_ONCE_MS);
  await pause(1_000);
  const stopping = performance.now();
  await second.close();
  expect(performance.now() - stopping).toBeLessThan(AT_ONCE_MS);
  expect(await until('the first one has all again', () => owned(first) === PARTITIONS)).toBeLessThan(AT_ONCE_MS);
  await producer.send(events, { key: 'k', value: 'another' });
  expect(await until('the other event is read', () => read.length === 2)).toBeLessThan(AT_ONCE_MS / 2);
  await pause(1_000);
  const last = performance.now();
  await first.close();
  expect(performance.now() - last).toBeLessThan(AT_ONCE_MS);
}, 120_000);
