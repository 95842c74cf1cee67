import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { configLog, configState, type Subscription } from '@nuncio/contracts';
import { applyTopics, BatchProducer, ConfigView, createKafka, topicName, type KafkaSettings } from '@nuncio/kafka';
import type { DataSource } from 'typeorm';
import { aggregates } from './aggregates.js';
import { application } from './applications/application.js';
import { callback, effective } from './callbacks/callback.js';
import { blankCallback } from './callbacks/edit-callback.js';
import { changed, deleted, EventStore, nuncio, rebuildStates, type Transaction } from './event-store/index.js';
import { eventType } from './event-types/event-type.js';
import { Relay } from './outbox/relay.js';
import { republish } from './outbox/republish.js';
import { outrank } from './outbox/outrank.js';
import { publishedPosition } from './outbox/published.js';
import { draft, edit, move, subscription } from './subscriptions/subscription.js';
import { openConfig, type ConfigDatabase } from './testing/config-database.js';

let fresh: ConfigDatabase;
let database: DataSource;
let store: EventStore;
let kafka: KafkaSettings;
let producer: BatchProducer;

beforeAll(async () => {
  fresh = await openConfig();
  database = fresh.dataSource;
  store = new EventStore(database);
  kafka = { brokers: (process.env.KAFKA_BROKERS ?? '').split(','), topicPrefix: `spec_${randomUUID().slice(0, 8)}`, clientId: 'rebuild-spec' };
  await applyTopics(createKafka(kafka), kafka.topicPrefix, [configLog, configState]);
  producer = await BatchProducer.connected(kafka);
  await live();
});
afterAll(async () => {
  await producer.disconnect();
  await fresh.drop();
});

/** A history with everything that makes states hard to compute: reused ids, deletions, moves that depend on positions, groups of another callback. */
async function live(): Promise<void> {
  const type = { name: 'again', description: null, schema: null, audience: 'addressed', approval: 'none' } as const;
  const transact = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => store.transact(nuncio, work);
  const first = await transact((tx) => tx.create(eventType, 'again', type));
  await transact((tx) => tx.delete(eventType, first));
  await transact((tx) => tx.create(eventType, 'again', { ...type, description: 'anew' }));
  const given = { ...blankCallback({ id: 'cb_1', tenant: 'acme', application: 'app_1', groups: ['billing'], name: 'ledger' }), url: 'https://hooks.acme.com/in' };
  const made = await transact((tx) => tx.create(callback, 'cb_1', effective(given)));
  await transact((tx) => tx.append(callback, made, [changed({ settings: { timeoutMs: 4_000 } })]));
  const sub = await transact((tx) => tx.create(subscription, 'sub_1', draft({ id: 'sub_1', tenant: 'acme', callback: 'cb_1', eventTypes: ['again'] })));
  const edited = await transact((tx) => tx.append(subscription, sub, edit(sub.state, { eventTypes: ['*'] }, () => false)));
  await transact((tx) => tx.append(subscription, edited, [move('draft', 'verify', null, 'validated'), move('validated', 'activate'), move('activated', 'block', 'http 503')]));
  for (let n = 0; n < 600; n++) await transact((tx) => tx.create(application, `app_${n}`, { id: `app_${n}`, tenant: 'acme', name: `n ${n}` }));
  await transact(async (tx) => tx.append(application, await tx.current(application, 'app_7', null), [deleted]));
}

const states = () => database.query<object[]>('select * from config.aggregates order by kind, id');
const rebuild = () => store.standstill((manager) => rebuildStates(manager, aggregates));
const view = async (): Promise<ConfigView> => ConfigView.started(kafka, ['event-type', 'callback', 'subscription', 'application']);

it('makes of the events the states that the commands had made, and says which ones differed', async () => {
  const before = await states();
  expect(await rebuild()).toEqual({ aggregates: 603, different: 0 });
  expect(await states()).toEqual(before);
  await database.query(`delete from config.aggregates where id in ('app_1', 'cb_1')`);
  await database.query(`update config.aggregates set state = jsonb_set(state, '{state}', '"activated"'), links = '{}' where id = 'sub_1'`);
  expect(await rebuild()).toEqual({ aggregates: 603, different: 3 });
  expect(await states()).toEqual(before);
});

it('publishes every state to the topic, also deleted ones, as the relay would have', async () => {
  expect(await store.standstill((manager, head) => republish(manager, kafka, head))).toBe(603);
  const loaded = await view();
  expect([...loaded.all('application')]).toHaveLength(599);
  expect(loaded.position).toBe(await store.position());
  expect(loaded.get('subscription', 'sub_1')).toMatchObject({ version: 5, state: { state: 'blocked', reason: 'http 503', activatedAt: expect.any(Number) as unknown } satisfies Partial<Record<keyof Subscription, unknown>> });
  expect(loaded.get('callback', 'cb_1')?.state).not.toHaveProperty('settings');
  await loaded.stop();
});

it('leaves nothing old on top while the relay and writers go on', async () => {
  const relay = new Relay(database, kafka);
  store.onCommit(() => {
    relay.wake();
  });
  relay.start();
  const writing = (async () => {
    for (let n = 0; n < 60; n++) await store.transact(nuncio, async (tx) => tx.append(application, await tx.current(application, 'app_0', null), [changed({ name: `name ${n}` })]));
  })();
  for (let n = 0; n < 3; n++) await store.standstill(async (manager, head) => [await rebuildStates(manager, aggregates), await republish(manager, kafka, head)]);
  await writing;
  await relay.stop();
  expect(await lastOf('application-app_0')).toMatchObject({ state: { name: 'name 59' } });
});

describe('after the database was restored to an earlier moment', () => {
  const rename = (id: string, name: string) => store.transact(nuncio, async (tx) => tx.append(application, await tx.current(application, id, null), [changed({ name })]));
  /** Runs a relay until all events are published. */
  const relayed = async (): Promise<void> => {
    const relay = new Relay(database, kafka);
    relay.start();
    const head = await store.position();
    for (let published = 0; published < head; [{ published }] = await database.query<[{ published: number }]>('select position::float8 as published from config.relay'));
    await relay.stop();
  };
  const goBackTo = async (position: number): Promise<void> => {
    await database.query('alter table config.events disable trigger all');
    await database.query('delete from config.events where position > $1', [position]);
    await database.query('alter table config.events enable trigger all');
    await database.query('update config.head set position = $1', [position]);
    await database.query('update config.relay set position = $1', [position]);
    await rebuild();
  };

  it('makes the restored state valid for everybody: callbacks that it no longer has stayed alive, and changed or deleted ones stayed so', async () => {
    await relayed();
    const moment = await store.position();
    const running = await view();
    await rename('app_9', 'lost');
    await store.transact(nuncio, async (tx) => tx.delete(application, await tx.current(application, 'app_10', null)));
    await store.transact(nuncio, async (tx) => tx.append(subscription, await tx.current(subscription, 'sub_1', null), [move('blocked', 'unblock')]));
    await store.transact(nuncio, (tx) => tx.create(application, 'app_later', { id: 'app_later', tenant: 'acme', name: 'later' }));
    await relayed();
    const lost = await store.position();
    expect(await running.waitFor(lost, 60_000)).toBe(true);

    await goBackTo(moment);
    const relay = new Relay(database, kafka);
    relay.start();
    while (!relay.trouble) await pause(20);
    expect(relay.trouble).toContain(`restored to position ${moment}, and changes up to ${lost} were published`);
    await relay.stop();

    expect(await publishedPosition(kafka)).toBe(lost);
    const { head, restored, withdrawn } = await store.standstill(async (manager) => {
      const outranked = await outrank(manager, running, lost);
      await republish(manager, kafka, outranked.head, outranked.withdrawn);
      return outranked;
    });
    expect({ head, restored, withdrawn: withdrawn.map(({ kind, id }) => `${kind} ${id}`) }).toEqual({ head: lost + 4, restored: 3, withdrawn: ['application app_later'] });
    expect(await running.waitFor(head, 60_000)).toBe(true);
    const names = (one: ConfigView) => ['app_9', 'app_10', 'app_later'].map((id) => one.get('application', id)?.state.name);
    expect(names(running)).toEqual(['n 9', 'n 10', undefined]);
    expect(running.get('subscription', 'sub_1')?.state.state).toBe('blocked');
    const fresh = await view();
    expect(names(fresh)).toEqual(names(running));

    // New events are published at positions that nobody has seen.
    expect((await rename('app_9', 'anew')).position).toBe(head + 1);
    await relayed();
    expect(await running.waitFor(head + 1, 60_000)).toBe(true);
    expect(running.get('application', 'app_9')?.state.name).toBe('anew');
    await Promise.all([running.stop(), fresh.stop()]);
  });

  it('activates active subscriptions again, so that events that were parked by a later position are sent', async () => {
    await store.transact(nuncio, async (tx) => tx.append(subscription, await tx.current(subscription, 'sub_1', null), [move('blocked', 'unblock')]));
    const moment = await store.position();
    await store.standstill((manager) => outrank(manager, null, moment + 50));
    const [row] = await database.query<[{ state: Subscription }]>(`select state from config.aggregates where id = 'sub_1'`);
    expect(row.state).toMatchObject({ state: 'activated' });
    expect(row.state.activatedAt).toBeGreaterThan(moment + 50);
    expect(await rebuild()).toMatchObject({ different: 0 });
  });
});

it('publishes nothing into a topic that was lost: one new state in it would look like the whole configuration', async () => {
  const own = { ...kafka, topicPrefix: `${kafka.topicPrefix}_lost` };
  const topics = [configLog, configState];
  const relay = new Relay(database, own);
  await applyTopics(createKafka(own), own.topicPrefix, topics);
  relay.start();
  while (!relay.trouble) await pause(20);
  expect(relay.trouble).toContain('config.state is empty');
  await store.standstill((manager, head) => republish(manager, own, head));
  while (relay.trouble) await pause(20);
  await relay.stop();
});

it('publishes a new topic completely or not at all: a dispatcher that started meanwhile dropped events as addressed to nobody', async () => {
  const own = { ...kafka, topicPrefix: `${kafka.topicPrefix}_empty` };
  await applyTopics(createKafka(own), own.topicPrefix, [configLog, configState]);
  const early = new ConfigView(own, ['application']);
  const seen: number[] = [];
  early.onChange(() => seen.push([...early.all('application')].length));
  const started = early.start();
  const count = await store.standstill((manager, head) => republish(manager, own, head));
  await started;
  expect(early.position).toBe(await store.position());
  expect(seen.length).toBeGreaterThan(500);
  expect(count).toBeGreaterThan(500);
  await early.stop();
});

/** The last record of a key, which compaction keeps, whatever views make of it. */
async function lastOf(key: string): Promise<unknown> {
  const topic = topicName(kafka.topicPrefix, configState);
  const client = createKafka(kafka);
  const admin = client.admin();
  await admin.connect();
  const [end] = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  const consumer = client.consumer({ groupId: `${topic}.${randomUUID()}`, maxWaitTimeInMs: 50 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const last = new Map<string, Buffer | null>();
  const read = new Promise<void>((resolve) => {
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
      if (Number(payload.lastOffset) + 1 >= Number(end?.high)) resolve();
    });
  });
  await consumer.run({ eachMessage: async ({ message }) => void last.set(String(message.key), message.value) });
  await read;
  await consumer.disconnect();
  return JSON.parse(String(last.get(key)));
}
