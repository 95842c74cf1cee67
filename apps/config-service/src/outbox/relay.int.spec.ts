import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { configLog, configState, newId, type AggregateRecord, type ConfigEvent } from '@nuncio/contracts';
import { applyTopics, ConfigView, createKafka, topicName, type KafkaSettings } from '@nuncio/kafka';
import type { DataSource } from 'typeorm';
import { application } from '../applications/application.js';
import { callback, effective } from '../callbacks/callback.js';
import { blankCallback } from '../callbacks/edit-callback.js';
import { changed, EventStore, nuncio } from '../event-store/index.js';
import { eventType } from '../event-types/event-type.js';
import { Publisher } from './publisher.js';
import { Relay } from './relay.js';
import { republish } from './republish.js';
import { relayGroup } from './published.js';
import { nextUnpublished } from './unpublished.js';
import { openConfig, type ConfigDatabase } from '../testing/config-database.js';

let fresh: ConfigDatabase;
let database: DataSource;
let store: EventStore;
let kafka: KafkaSettings;
let relays: Relay[] = [];

beforeEach(async () => {
  fresh = await openConfig();
  database = fresh.dataSource;
  store = new EventStore(database);
  kafka = { brokers: (process.env.KAFKA_BROKERS ?? '').split(','), topicPrefix: `spec_${randomUUID().slice(0, 8)}`, clientId: 'relay-spec' };
  await applyTopics(createKafka(kafka), kafka.topicPrefix, [configLog, configState]);
});
afterEach(async () => {
  await Promise.all(relays.map((relay) => relay.stop()));
  relays = [];
  await fresh.drop();
});

const start = (): Relay => {
  const relay = new Relay(database, kafka);
  store.onCommit(() => {
    relay.wake();
  });
  relay.start();
  relays.push(relay);
  return relay;
};

const write = (id = newId('app')) => store.transact(nuncio, (tx) => tx.create(application, id, { id, tenant: 'acme', name: id }));
const rename = (id: string, name: string) => store.transact(nuncio, async (tx) => tx.append(application, await tx.current(application, id, null), [changed({ name })]));
const positions = (records: readonly { position: number }[]): number[] => records.map(({ position }) => position);
const upTo = (last: number): number[] => Array.from({ length: last }, (_, i) => i + 1);

/** All committed records of a topic, read until `enough`. */
const readAll = async <T>(topic: typeof configLog | typeof configState, enough: (read: T[]) => boolean): Promise<T[]> =>
  (await readRecords(topic, (read) => enough(read.map(({ value }) => JSON.parse(value ?? 'null') as T)))).map(({ value }) => JSON.parse(value ?? 'null') as T);
const readKeyed = (isLast: (record: Keyed) => boolean): Promise<Keyed[]> => readRecords(configState, (read) => read.some(isLast));

interface Keyed {
  readonly key: string;
  readonly value: string | null;
}

async function readRecords(topic: typeof configLog | typeof configState, enough: (read: Keyed[]) => boolean): Promise<Keyed[]> {
  const consumer = createKafka(kafka).consumer({ groupId: `${kafka.topicPrefix}.${randomUUID()}`, maxWaitTimeInMs: 50 });
  const read: Keyed[] = [];
  await consumer.connect();
  await consumer.subscribe({ topic: topicName(kafka.topicPrefix, topic), fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    const timer = globalThis.setTimeout(() => {
      reject(new Error(`only ${read.length} records of ${topic.name} came: ${JSON.stringify(read).slice(0, 500)}`));
    }, 150_000);
    void consumer.run({
      eachMessage: ({ message }) => {
        read.push({ key: String(message.key), value: message.value?.toString() ?? null });
        if (enough(read)) {
          clearTimeout(timer);
          resolve();
        }
        return Promise.resolve();
      },
    });
  });
  await consumer.disconnect();
  return read;
}
const readLog = (last: number) => readAll<ConfigEvent>(configLog, (read) => (read.at(-1)?.position ?? 0) >= last);
const readState = (last: number) => readAll<AggregateRecord>(configState, (read) => (read.at(-1)?.position ?? 0) >= last);

it("writes the first record of a new installation's topic: services waited for it, and the first change had to come through one of them", async () => {
  start();
  const view = await ConfigView.started(kafka, ['application']);
  try {
    expect(view.position).toBe(0);
    await write();
    expect(await view.waitFor(1, 60_000)).toBe(true);
  } finally {
    await view.stop();
  }
});

it('publishes what concurrent writers commit in commit order, with nothing missing, whichever of two replicas leads', async () => {
  start();
  start();
  const [first] = await Promise.all(Array.from({ length: 40 }, () => write()));
  await Promise.all(Array.from({ length: 40 }, (_, i) => rename(first?.id ?? '', `name ${i}`)));
  expect(positions(await readLog(80))).toEqual(upTo(80));
  const states = await readState(80);
  expect(positions(states)).toEqual([...positions(states)].sort((a, b) => a - b));
  expect(states.findLast(({ id }) => id === first?.id)).toMatchObject({ kind: 'application', position: 80, version: 41 });
  expect(new Set(states.map(({ id }) => id)).size).toBe(40);
});

it('continues where it was after a crash between Kafka and the database, and repeats nothing', async () => {
  for (let i = 0; i < 3; i++) await write();
  const crashed = await Publisher.connect(kafka);
  const published = await nextUnpublished(database, 0);
  if (published) await crashed.publish(published);
  await crashed.close();
  await write();
  start();
  expect(positions(await readLog(4))).toEqual(upTo(4));
});

it('fences a publisher that wakes up after its successor has started: no old state comes on top', async () => {
  const { id } = await write();
  const paused = await Publisher.connect(kafka);
  const old = await nextUnpublished(database, 0);
  await rename(id, 'newer');
  start();
  await readState(2);
  await expect(paused.publish(old ?? { events: [], states: [], position: 0 })).rejects.toThrow();
  await paused.close();
  await write();
  expect(positions(await readLog(3))).toEqual(upTo(3));
  expect(positions(await readState(3))).toEqual([2, 3]);
});

it('hands over at once when it stops', async () => {
  const relay = start();
  await write();
  await readLog(1);
  await relay.stop();
  start();
  await write();
  expect(positions(await readLog(2))).toEqual(upTo(2));
});

it('removes what was deleted a week ago, and nothing later', async () => {
  const [old, recent] = [await write(), await write()];
  for (const { id } of [old, recent]) await store.transact(nuncio, async (tx) => tx.delete(application, await tx.current(application, id, null)));
  await database.query(`update config.aggregates set at = now() - interval '7 days 1 minute' where id = $1`, [old.id]);
  const relay = start();
  const keyed = await readKeyed(({ value }) => value === null);
  await relay.stop();
  expect(keyed.map(({ key, value }) => [key, value && (JSON.parse(value) as AggregateRecord).state])).toEqual([
    [`application-${old.id}`, null],
    [`application-${recent.id}`, null],
    [`application-${old.id}`, null],
  ]);
  expect(keyed.map(({ value }) => value === null)).toEqual([false, false, true]);
  expect(await database.query('select id from config.aggregates where buried')).toEqual([{ id: old.id }]);
});

it('publishes exactly the fields of a callback that the contract has', async () => {
  const given = { ...blankCallback({ id: 'cb_1', tenant: 'acme', application: 'app_1', groups: [], name: 'ledger' }), url: 'https://hooks.acme.com/in' };
  await store.transact(nuncio, (tx) => tx.create(callback, 'cb_1', effective(given)));
  start();
  const [record] = await readState(1);
  expect(record?.state).toMatchObject({ id: 'cb_1', profile: 'standard', timeoutMs: 15_000 });
  expect(Object.keys(record?.state ?? {})).not.toEqual(expect.arrayContaining(['settings']));
});

it('publishes more than Kafka accepts at once: 900 KiB of one callback, or 260 callbacks of 5 KB, stopped it for ever', async () => {
  const write = (name: string, bytes: number) =>
    store.transact(nuncio, (tx) => tx.create(eventType, name, { name, description: 'x'.repeat(bytes), schema: null, audience: 'addressed', approval: 'none' }));
  await expect(write('too.large', 300_000)).rejects.toMatchObject({ code: 'invalid', errors: [{ pointer: '/description', code: 'too-large' }] });
  for (let n = 0; n < 12; n++) await write(`large.${n}`, 250_000);
  for (let n = 0; n < 260; n++) await write(`middle.${n}`, 5_000);
  start();
  const states = await readAll<AggregateRecord>(configState, (read) => read.length === 272);
  expect(positions(states)).toEqual(upTo(272));
  expect(positions(await readAll<ConfigEvent>(configLog, (read) => read.length === 272))).toEqual(upTo(272));
});

it('publishes every state again if another release published last, which had left out fields that only this one knows', async () => {
  const relay = start();
  const first = await write();
  await rename((await write()).id, 'renamed');
  await readState(3);
  await relay.stop();
  const states = async () => (await readState(3)).map(({ id, position }) => [id, position]);
  const before = await states();

  // A former release does not record its schema.
  const admin = createKafka(kafka).admin();
  await admin.connect();
  await admin.setOffsets({ groupId: relayGroup(kafka.topicPrefix), topic: topicName(kafka.topicPrefix, configLog), partitions: [{ partition: 0, offset: '3' }] });
  start();
  await readAll<AggregateRecord>(configState, (read) => read.filter(({ id }) => id === first.id).length === 2);
  const shape = async () => (await admin.fetchOffsets({ groupId: relayGroup(kafka.topicPrefix), topics: [topicName(kafka.topicPrefix, configLog)] }))[0]?.partitions[0]?.metadata;
  while (!(await shape())) await setTimeout(50);
  await relays.at(-1)?.stop();
  start();
  await write();
  const all = await readAll<AggregateRecord>(configState, (read) => read.at(-1)?.position === 4);
  expect(all.slice(before.length, -1).map(({ position }) => position).sort()).toEqual([1, 3]);
  await admin.disconnect();
});

it('tells Kafka again how far it is although nothing changes: after a quiet week Kafka had forgotten it, and a restored database or another release went unnoticed', async () => {
  const relay = new Relay(database, kafka, 100);
  relays.push(relay);
  relay.start();
  await write();
  await readState(1);
  const admin = createKafka(kafka).admin();
  await admin.connect();
  const known = async () => (await admin.fetchOffsets({ groupId: relayGroup(kafka.topicPrefix), topics: [topicName(kafka.topicPrefix, configLog)] }))[0]?.partitions[0];
  while ((await known())?.offset !== '1') await setTimeout(50);
  const before = await known();
  await admin.deleteGroups([relayGroup(kafka.topicPrefix)]);
  while ((await known())?.offset !== '1') await setTimeout(50);
  expect(await known()).toEqual(before);
  expect(positions(await readState(1))).toEqual([1]);
  expect(relay.trouble).toBeNull();
  await admin.disconnect();
});

it('says that the topic was lost although nothing changes, and goes on once all states are there again: a running installation said nothing', async () => {
  const relay = start();
  await write();
  await readState(1);
  const admin = createKafka(kafka).admin();
  await admin.connect();
  await admin.deleteTopics({ topics: [topicName(kafka.topicPrefix, configState)] });
  while ((await admin.listTopics()).includes(topicName(kafka.topicPrefix, configState))) await setTimeout(50);
  await applyTopics(createKafka(kafka), kafka.topicPrefix, [configState]);
  const trouble = (): string | null => relay.trouble; // TypeScript would remember what the last wait asked
  while (!trouble()?.includes('is empty although states up to position 1 were published: it was lost, run npm run rebuild')) await setTimeout(50);
  await write();
  await setTimeout(1_500);
  expect((await admin.fetchTopicOffsets(topicName(kafka.topicPrefix, configState)))[0]?.high).toBe('0');
  await store.standstill(async (manager) => republish(manager, kafka, await store.position()));
  expect(positions(await readState(2))).toEqual(expect.arrayContaining([1, 2]));
  while (trouble() !== null) await setTimeout(50);
  await admin.disconnect();
});
