import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { configState, deadLetters, events, tiers, topics, type AggregateRecord, type Topic } from '@nuncio/contracts';
import kafkajs from 'kafkajs';
import { CommittedOffsets } from '../consuming/committed-offsets.js';
import { applyTopics, checkTopics, BatchProducer, ConfigView, createKafka, KafkaServer, passOver, topicName, type BatchHandler, type InboundRecord, type KafkaServerOptions, type KafkaSettings, type RecordBatch } from '../index.js';
import type { Partition } from '../consuming/partition.js';
import { eventually } from '../testing/eventually.js';
import { joined } from '../testing/joined.js';
import { untilAnswered } from './until-answered.js';

const { ConfigResourceTypes } = kafkajs;
const WORK = Symbol('work');
const kafka: KafkaSettings = { brokers: (process.env.KAFKA_BROKERS ?? '').split(','), topicPrefix: `kafka-spec-${randomUUID().slice(0, 8)}`, clientId: 'spec' };
const client = createKafka(kafka);
const producer = new BatchProducer(client, kafka.topicPrefix);
const servers: KafkaServer[] = [];

async function serve(group: string, topic: string, handle: BatchHandler, options: Partial<KafkaServerOptions> = {}): Promise<KafkaServer> {
  const server = new KafkaServer({ kafka, group, transportId: WORK, drainMs: 2_000, putAway: passOver, ...options });
  server.addHandler(topic, handle as never, true);
  servers.push(server);
  await joined(server);
  return server;
}

const publish = (n: number, key = 'k'): Promise<unknown> => Promise.all(Array.from({ length: n }, (_, i) => producer.send(events, { key, value: `${key}-${i}` })));
/** Records of a topic, over its partitions. */
async function written(topic: Topic): Promise<number> {
  const admin = client.admin();
  await admin.connect();
  const offsets = await admin.fetchTopicOffsets(topicName(kafka.topicPrefix, topic));
  await admin.disconnect();
  return offsets.reduce((sum, { high }) => sum + Number(high), 0);
}

const text = ({ value }: InboundRecord): string => String(value);

beforeAll(async () => {
  await applyTopics(client, kafka.topicPrefix, topics);
  await producer.connect();
});

afterAll(async () => {
  await Promise.all(servers.map((server) => server.close().catch(() => undefined)));
  await producer.disconnect();
});

describe('applyTopics', () => {
  it('changes nothing the second time, and lets the broker stamp payload topics', async () => {
    await applyTopics(client, kafka.topicPrefix, topics);
    const admin = client.admin();
    await admin.connect();
    const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: [{ type: ConfigResourceTypes.TOPIC, name: `${kafka.topicPrefix}.events`, configNames: ['message.timestamp.type'] }] });
    await admin.disconnect();
    expect(resources[0]?.configEntries[0]?.configValue).toBe('LogAppendTime');
  });

  it('says which topics are acknowledged by one broker: all of them, where there is one', async () => {
    const faults = await checkTopics(client, kafka.topicPrefix, topics);
    expect(faults).toHaveLength(1);
    for (const topic of topics) expect(faults[0]).toContain(topicName(kafka.topicPrefix, topic));
  });
});

describe('KafkaServer', () => {
  it('gives a new owner exactly what the former one had not finished, although it finished out of order', async () => {
    const group = 'out-of-order';
    const seen: InboundRecord[] = [];
    const first = await serve(group, 'events', ({ records }) => Promise.resolve(seen.push(...records)));
    await publish(50, 'a');
    await eventually('all are read', () => seen.length === 50);
    const unfinished = seen.filter((_, i) => i === 0 || i % 7 === 3);
    for (const record of seen) if (!unfinished.includes(record)) record.done();
    for (const record of unfinished) record.abandon();
    await first.close();

    const again: string[] = [];
    const second = await serve(group, 'events', ({ records }) => {
      for (const record of records) {
        again.push(text(record));
        record.done();
      }
      return Promise.resolve();
    });
    await publish(1, 'last');
    await eventually('the last one is read', () => again.includes('last-0'));
    await second.close();
    expect(again.filter((value) => value !== 'last-0').sort()).toEqual(unfinished.map(text).sort());
  });

  it('tells what is still in work when it leaves: it went on to send what the next owner had begun', async () => {
    let taken: RecordBatch | undefined;
    const server = await serve('leaving', 'events', (batch) => Promise.resolve((taken ??= batch)), { drainMs: 0 });
    await publish(1, 'left');
    await eventually('a batch is taken', () => taken !== undefined);
    expect(taken?.lost.aborted).toBe(false);
    await server.close();
    expect(taken?.lost.aborted).toBe(true);
  });

  it('still knows its share of the partitions when it has stopped: another server of its process, which still finished its work, divided limits by it, and the process ended', async () => {
    const server = await serve('stopped', 'dead-letters', () => Promise.resolve());
    const before = { share: server.share, ownership: server.ownership('dead-letters') };
    expect(before).toMatchObject({ share: 1, ownership: { count: before.ownership.owned.length } });
    await server.close();
    expect({ share: server.share, ownership: server.ownership('dead-letters') }).toEqual(before);
  });

  it('stops while it takes partitions over and nobody says what was committed: it waited for that as long as Kafka was away', async () => {
    await publish(10);
    const unanswered = (_: unknown, signal: AbortSignal) => untilAnswered('what was committed', () => new Promise<never>(() => undefined), signal);
    const read = jest.spyOn(CommittedOffsets.prototype, 'read').mockImplementation(unanswered);
    try {
      const server = new KafkaServer({ kafka, group: 'unanswered', transportId: WORK, putAway: passOver });
      server.addHandler('events', (() => Promise.resolve()) as never, true);
      server.listen(() => undefined);
      await eventually('it asks', () => read.mock.calls.length > 0);
      await server.close();
    } finally {
      read.mockRestore();
    }
  });

  it('takes a group of its own away with it: one was left behind at every start', async () => {
    const groups = async (): Promise<string[]> => {
      const admin = client.admin();
      await admin.connect();
      const { groups } = await admin.listGroups();
      await admin.disconnect();
      return groups.map(({ groupId }) => groupId).filter((id) => id.endsWith('.own'));
    };
    const server = await serve('own', 'events', () => Promise.resolve(), { ownGroup: true });
    expect(await groups()).toHaveLength(1);
    await server.close();
    expect(await groups()).toEqual([]);
  });

  it('gives records again to a handler that threw, and moves on when it has them', async () => {
    let failures = 2;
    const seen: string[] = [];
    await publish(3, 'flaky');
    const server = await serve('flaky', 'events', ({ records }) => {
      if (records.some((record) => text(record) === 'flaky-0') && failures-- > 0) throw new Error('the database is away');
      for (const record of records) {
        seen.push(text(record));
        record.done();
      }
      return Promise.resolve();
    });
    await eventually('all are read', () => seen.filter((value) => value.startsWith('flaky')).length === 3);
    await server.close();
  });

  it('goes on through a rebalance: nothing is lost, and what a kept partition had in work does not come twice', async () => {
    const group = 'rebalance';
    const seen = new Map<string, number>();
    const handle: BatchHandler = ({ records }) => {
      for (const record of records) {
        seen.set(text(record), (seen.get(text(record)) ?? 0) + 1);
        setTimeout(() => {
          record.done();
        }, 50);
      }
      return Promise.resolve();
    };
    // Requests on the wire are finished before the group is joined again.
    const beforeRebalance = (): Promise<void> => pause(100);
    const first = await serve(group, 'events', handle, { beforeRebalance });
    for (let i = 0; i < 40; i++) await producer.send(events, { key: `r${i}`, value: `r-${i}` });
    const second = await serve(group, 'events', handle, { beforeRebalance });
    for (let i = 40; i < 80; i++) await producer.send(events, { key: `r${i}`, value: `r-${i}` });
    const ours = (): [string, number][] => [...seen].filter(([value]) => value.startsWith('r-'));
    await eventually('all are read', () => ours().length === 80);
    await first.close();
    await second.close();
    expect(ours().filter(([, times]) => times > 1)).toEqual([]);
  });

  it('commits the watermark alone where the cluster takes less metadata than a bitmap needs: nothing was committed at all', async () => {
    const group = `${kafka.topicPrefix}.narrow`;
    const [admin, consumer] = [client.admin(), client.consumer({ groupId: group, maxWaitTimeInMs: 100 })];
    await Promise.all([admin.connect(), consumer.connect()]);
    await consumer.subscribe({ topic: `${kafka.topicPrefix}.events` });
    await consumer.run({ autoCommit: false, eachMessage: () => Promise.resolve() });
    const snapshot = { offset: '1', metadata: 'x'.repeat(5_000) };
    const committed: unknown[] = [];
    const partition = { uncommitted: () => snapshot, committed: (one: unknown) => committed.push(one) } as unknown as Partition;
    const place = { topic: `${kafka.topicPrefix}.events`, partition: 0 };
    const offsets = new CommittedOffsets(() => undefined, consumer, group);
    await eventually('it is committed', async () => {
      await offsets.write(() => [[place, partition]]);
      return committed.length > 0;
    });
    const [topic] = await admin.fetchOffsets({ groupId: group, topics: [place.topic] });
    const found = topic?.partitions.find(({ partition }) => partition === place.partition);
    await Promise.all([admin.disconnect(), consumer.disconnect()]);
    expect(found).toMatchObject({ offset: '1', metadata: '1:' });
  });

  it('ends a process whose consumer has stopped without saying so: it looked alive and consumed nothing', async () => {
    const deaths: Error[] = [];
    const server = await serve('silent', 'events', () => Promise.resolve(), { watchEveryMs: 50, onCrash: (error) => deaths.push(error) });
    await server.unwrap().stop();
    await eventually('the process ends', () => deaths.length > 0);
    await server.close();
    expect(deaths.map(({ message }) => message)).toEqual([expect.stringContaining('the group has not heard of this member')]);
  });

  it('takes from a delay tier what is due, and nothing more than half a second earlier', async () => {
    const [tier] = tiers;
    if (!tier) throw new Error('there are no tiers');
    const lateMs: number[] = [];
    const taken: string[] = [];
    const server = await serve(
      'tier',
      tier.topic.name,
      ({ records }) => {
        for (const record of records) {
          lateMs.push(Date.now() - record.timestamp - tier.delayMs);
          taken.push(text(record));
          record.done();
        }
        return Promise.resolve();
      },
      { delayMs: () => tier.delayMs },
    );
    const sent: string[] = [];
    const isPrompt = (): boolean => Math.min(...lateMs) < 500;
    // The machine may be busy, but not whenever one is due.
    for (let round = 0; round === 0 || (round < 20 && !isPrompt()); round++) {
      for (let i = 0; i < 5; i++) {
        sent.push(`d-${sent.length}`);
        await producer.send(tier.topic, { key: 'd', value: sent.at(-1)! });
        await pause(60);
      }
      await eventually('all are taken', () => taken.length === sent.length);
    }
    await server.close();
    expect(taken).toEqual(sent);
    expect(Math.min(...lateMs)).toBeGreaterThanOrEqual(-500);
    expect(isPrompt()).toBe(true);
  });
});

describe('BatchProducer', () => {
  it('rejects a record that the broker will never take, and delivers those that shared its batch', async () => {
    const results = await Promise.allSettled([
      producer.send(events, { key: 'big', value: Buffer.alloc(1_500_000) }),
      ...Array.from({ length: 5 }, (_, i) => producer.send(events, { key: 'big', value: `small-${i}` })),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', ...Array<string>(5).fill('fulfilled')]);
  });

  it('writes a burst once, whose parts are together more than a partition takes: all of it was sent again one by one', async () => {
    const before = await written(deadLetters);
    const headers = { 'ce-source': 'x'.repeat(4_000) };
    const keys = [...Array<string>(300).fill('one partition'), 'another', 'and another', 'and one more'];
    await Promise.all(keys.map((key) => producer.send(deadLetters, { key, value: Buffer.alloc(6_000), headers })));
    expect((await written(deadLetters)) - before).toBe(keys.length);
  });

  it('does not write for who has lost the partition it is about', async () => {
    const before = await written(deadLetters);
    const lost = new AbortController();
    const sent = producer.send(deadLetters, { key: 'k', value: 'v' }, lost.signal);
    lost.abort();
    await expect(sent).rejects.toThrow('abort');
    expect(await written(deadLetters)).toBe(before);
  });
});

describe('ConfigView', () => {
  const state = (id: string, position: number, name: string | null): AggregateRecord => ({ kind: 'tenant', id, position, version: 1, at: 0, state: name === null ? null : { id, name, state: 'active', reason: null } });
  const write = (record: AggregateRecord): Promise<void> => producer.sendJson(configState, `tenant-${record.id}`, record);

  it('is loaded when it starts, follows changes, and lets nothing old on top of something newer, be that of a release that is not known here', async () => {
    await write(state('acme', 5, 'Acme'));
    await write(state('globex', 6, 'Globex'));
    const view = new ConfigView(kafka, ['tenant']);
    await view.start();
    expect(view.get('tenant', 'acme')?.state.name).toBe('Acme');
    expect(view.position).toBe(6);
    await write(state('acme', 4, 'A late writer'));
    await write(state('globex', 8, null));
    expect(await view.waitFor(8, 60_000)).toBe(true);
    expect(view.get('tenant', 'acme')?.state.name).toBe('Acme');
    expect([...view.all('tenant')].map(({ id }) => id)).toEqual(['acme']);
    expect(await view.waitFor(9, 50)).toBe(false);

    const newer = { ...state('acme', 9, 'Acme'), state: { id: 'acme', name: 'Acme', state: 'of-the-next-release', reason: null } };
    await producer.send(configState, { key: 'tenant-acme', value: JSON.stringify(newer) });
    await producer.send(configState, { key: 'planet-earth', value: JSON.stringify({ ...newer, kind: 'planet', id: 'earth', position: 10 }) });
    expect(await view.waitFor(10, 60_000)).toBe(true);
    expect([view.isNewer('tenant', 'acme'), view.isNewer('tenant', 'globex'), view.get('tenant', 'acme')?.position]).toEqual([true, false, 5]);
    await write(state('acme', 8, 'Of before'));
    await write(state('globex', 11, 'Globex'));
    expect(await view.waitFor(11, 60_000)).toBe(true);
    expect([view.isNewer('tenant', 'acme'), view.get('tenant', 'acme')?.position]).toEqual([true, 5]);
    await write(state('acme', 12, 'Acme Inc.'));
    expect(await view.waitFor(12, 60_000)).toBe(true);
    expect([view.isNewer('tenant', 'acme'), view.get('tenant', 'acme')?.state.name]).toEqual([false, 'Acme Inc.']);
    await view.stop();
  });
});
