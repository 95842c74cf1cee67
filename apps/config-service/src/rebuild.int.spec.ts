import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { configLog, configState, type Subscription } from '@nuncio/contracts';
import { migrate, openDatabase } from '@nuncio/database';
import { freshDatabase, type FreshDatabase } from '@nuncio/database/testing';
import { applyTopics, BatchProducer, ConfigView, createKafka, topicName, type KafkaSettings } from '@nuncio/kafka';
import type { DataSource } from 'typeorm';
import { aggregates } from './aggregates.js';
import { application } from './applications/application.js';
import { callback, effective } from './callbacks/callback.js';
import { blankCallback } from './callbacks/edit-callback.js';
import { configDatabase } from './database.js';
import { changed, deleted, EventStore, nuncio, rebuildStates, type Transaction } from './event-store/index.js';
import { eventType } from './event-types/event-type.js';
import { Relay } from './outbox/relay.js';
import { republish } from './outbox/republish.js';
import { relayGroup, requireNothingLater, rewind } from './outbox/rewind.js';
import { draft, edit, move, subscription } from './subscriptions/subscription.js';

let fresh: FreshDatabase;
let database: DataSource;
let store: EventStore;
let kafka: KafkaSettings;
let producer: BatchProducer;

beforeAll(async () => {
  fresh = await freshDatabase();
  await migrate(configDatabase(fresh.url));
  database = await openDatabase(configDatabase(fresh.url));
  store = new EventStore(database);
  kafka = { brokers: (process.env.KAFKA_BROKERS ?? '').split(','), topicPrefix: `spec_${randomUUID().slice(0, 8)}`, clientId: 'rebuild-spec' };
  await applyTopics(createKafka(kafka), kafka.topicPrefix, [configLog, configState]);
  producer = await BatchProducer.connected(kafka);
  await live();
});
afterAll(async () => {
  await producer.disconnect();
  await database.destroy();
  await fresh.drop();
});

/** A history with everything that makes a state hard to tell: ids that come again, deletions, moves that depend on positions, groups of somebody else. */
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

it('makes of the events what the commands had made, and says what was different', async () => {
  const before = await states();
  expect(await rebuild()).toEqual({ aggregates: 603, different: 0 });
  expect(await states()).toEqual(before);
  await database.query(`delete from config.aggregates where id in ('app_1', 'cb_1')`);
  await database.query(`update config.aggregates set state = jsonb_set(state, '{state}', '"activated"'), links = '{}' where id = 'sub_1'`);
  expect(await rebuild()).toEqual({ aggregates: 603, different: 3 });
  expect(await states()).toEqual(before);
});

it('gives the topic every state, deleted ones too, as the relay would have', async () => {
  expect(await store.standstill((manager) => republish(manager, producer))).toBe(603);
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
  for (let n = 0; n < 3; n++) await store.standstill(async (manager) => [await rebuildStates(manager, aggregates), await republish(manager, producer)]);
  await writing;
  await relay.stop();
  expect(await lastOf('application-app_0')).toMatchObject({ state: { name: 'name 59' } });
});

it('has the relay publish what comes after the database was restored to an earlier moment', async () => {
  const relayed = async (change: string): Promise<number> => {
    const { position } = await store.transact(nuncio, async (tx) => tx.append(application, await tx.current(application, 'app_9', null), [changed({ name: change })]));
    const relay = new Relay(database, kafka);
    relay.start();
    for (let published = 0; published < position; [{ published }] = await database.query<[{ published: number }]>('select position::float8 as published from config.relay'));
    await relay.stop();
    return position;
  };
  const goBack = () => store.standstill((_, head) => rewind(kafka, head));
  const lost = await relayed('lost');
  expect(await goBack()).toBeNull();

  await database.query('alter table config.events disable trigger all');
  await database.query('delete from config.events where position = $1', [lost]);
  await database.query('alter table config.events enable trigger all');
  await database.query('update config.head set position = $1', [lost - 1]);
  await database.query('update config.relay set position = $1', [lost - 1]);
  await rebuild();
  expect(await goBack()).toBe(lost);
  expect(await relayed('anew')).toBe(lost);
  expect(await lastOf('application-app_9')).toMatchObject({ position: lost, state: { name: 'anew' } });
});

it('refuses where the topic has what was changed after the moment that was restored: it said that all was well, and callbacks that the database no longer has stayed alive', async () => {
  const own = { ...kafka, topicPrefix: `${kafka.topicPrefix}_restored` };
  const [topics, state] = [[configLog, configState], topicName(own.topicPrefix, configState)];
  await applyTopics(createKafka(own), own.topicPrefix, topics);
  const admin = createKafka(own).admin();
  const writer = await BatchProducer.connected(own);
  await admin.connect();
  const head = await store.position();
  await admin.setOffsets({ groupId: relayGroup(own.topicPrefix), topic: topicName(own.topicPrefix, configLog), partitions: [{ partition: 0, offset: String(head) }] });
  await writer.sendJson(configState, 'callback-cb_9', {});
  await requireNothingLater(own, head);

  await expect(requireNothingLater(own, head - 1)).rejects.toThrow(`restored to position ${head - 1} and ${state} has changes up to ${head}`);
  await admin.deleteTopics({ topics: [state] });
  await applyTopics(createKafka(own), own.topicPrefix, topics);
  await requireNothingLater(own, head - 1);
  await Promise.all([admin.disconnect(), writer.disconnect()]);
});

/** What compaction will leave of a key, whatever views make of it. */
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
