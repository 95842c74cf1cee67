import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { events } from '@nuncio/contracts';
import type { Consumer } from 'kafkajs';
import { applyTopics, BatchProducer, createKafka, KafkaServer, passOver, type KafkaSettings } from '../index.js';
import { collect } from '../testing/collect.js';
import { eventually } from '../testing/eventually.js';
import { joined } from '../testing/joined.js';

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
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.close().catch(() => undefined)));
  await producer.disconnect();
});

async function member(read: string[] = [], group = 'workers'): Promise<KafkaServer> {
  const server = new KafkaServer({ kafka, group, transportId: WORK, putAway: passOver });
  server.addHandler(events.name, collect(read) as never, true);
  servers.push(server);
  await joined(server);
  return server;
}

const owned = (server: KafkaServer): number => [...server.partitions].length;

/** Milliseconds that it takes. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/** The least of each time in at most five rounds, fewer if all are at once by then: a machine may be busy, but not in each of them. */
async function quickest(round: () => Promise<number[]>): Promise<number[]> {
  let best = await round();
  for (let n = 1; n < 5 && Math.max(...best) >= AT_ONCE_MS; n++) {
    const times = await round();
    best = best.map((ms, i) => Math.min(ms, times[i]!));
  }
  return best;
}

it('waits long for records, beats meanwhile, and takes a new record, a new member, an end of one and its own end at once', async () => {
  const read: string[] = [];
  const first = await member(read);
  const asked = { Fetch: 0, Heartbeat: 0 };
  const consumer: Consumer = first.unwrap();
  consumer.on(consumer.events.REQUEST, ({ payload: { apiName } }) => { if (apiName in asked) asked[apiName as keyof typeof asked] += 1; });
  // Each fetch waited a second, and each heartbeat for a fetch.
  await eventually('it has beaten', () => asked.Heartbeat >= 6);
  expect(asked.Fetch).toBeLessThan(asked.Heartbeat);

  const toRead = (): Promise<number> =>
    timed(async () => {
      const before = read.length;
      await producer.send(events, { key: 'k', value: 'an event' });
      await eventually('the event is read', () => read.length === before + 1);
    });
  const times = await quickest(async () => {
    // In the middle of a wait.
    await pause(1_000);
    const second = await member();
    const joining = await timed(() => eventually('both have partitions', () => owned(first) + owned(second) === PARTITIONS && owned(second) > 0));
    await pause(1_000);
    const leaving = await timed(() => second.close());
    const takingOver = await timed(() => eventually('the first one has all again', () => owned(first) === PARTITIONS));
    return [await toRead(), joining, leaving, takingOver];
  });
  expect(times.filter((ms) => ms >= AT_ONCE_MS)).toEqual([]);
  await first.close();

  const alone = await quickest(async () => {
    const last = await member([], 'alone');
    await pause(1_000);
    return [await timed(() => last.close())];
  });
  expect(alone.filter((ms) => ms >= AT_ONCE_MS)).toEqual([]);
});
