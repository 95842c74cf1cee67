import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Principal } from '@nuncio/contracts';
import type { DataSource } from 'typeorm';
import { apiKey } from '../api-keys/api-key.js';
import { application, nameInTenant } from '../applications/application.js';
import { credential, blankCredential } from '../credentials/credential.js';
import { eventType } from '../event-types/event-type.js';
import { list, listQuery } from '../lists/list.js';
import { draft, edit, move, subscription } from '../subscriptions/subscription.js';
import { changed, deleted, EventStore, nuncio, type PastQuery } from './index.js';
import { openConfig, type ConfigDatabase } from '../testing/config-database.js';

let fresh: ConfigDatabase;
let database: DataSource;
let store: EventStore;

beforeAll(async () => {
  fresh = await openConfig();
  database = fresh.dataSource;
  store = new EventStore(database);
});
afterAll(async () => {
  await fresh.drop();
});

const consumer = (tenant: string, ...groups: string[]): Principal => ({ id: `key_${tenant}`, role: 'consumer', tenant, groups });
const app = (id: string, tenant: string, name = id) => store.transact(nuncio, (tx) => tx.create(application, id, { id, tenant, name }));

it('gives positions without a gap to many concurrent writers, some of which fail, and commits them in that order', async () => {
  const from = await store.position();
  const writers = { busy: true };
  const gaps: unknown[] = [];
  const watching = (async () => {
    while (writers.busy) {
      const [seen] = await database.query<{ events: number; last: number }[]>('select count(*)::int as events, max(position)::int as last from config.events');
      if (seen?.last && seen.last !== seen.events) gaps.push(seen);
    }
  })();
  const results = await Promise.allSettled(Array.from({ length: 60 }, (_, i) => app(`app_w${i % 50}`, 'writers')));
  writers.busy = false;
  await watching;
  expect(gaps).toEqual([]);
  expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(10);
  expect(await store.position()).toBe(from + 50);
});

it('tells changes of one millisecond apart by their versions', async () => {
  await app('app_same', 'acme');
  await store.transact(nuncio, async (tx) => tx.append(application, await tx.current(application, 'app_same', null), [changed({ name: 'second' }), changed({ name: 'third' })]));
  const events = await database.query<{ at: Date }[]>("select at from config.audit where id = 'app_same' and version > 1");
  expect(new Set(events.map(({ at }) => at.getTime())).size).toBe(1);
  const get = async (caller: Principal, past: PastQuery) => (await store.read(caller).get(application, 'app_same', past)).state.name;
  expect(await get(nuncio, { at: events[0]?.at })).toBe('third');
  expect(await Promise.all([1, 2, 3].map((version) => get(consumer('acme'), { version })))).toEqual(['app_same', 'second', 'third']);
  for (const [caller, version] of [[nuncio, 4], [consumer('globex'), 2]] as const) await expect(get(caller, { version })).rejects.toMatchObject({ code: 'not-found' });
});

it('decides on the state at the time of the write: of forty increments none is lost', async () => {
  const nothing = { name: 'counter', description: '0', schema: null, audience: 'addressed', approval: 'none' } as const;
  await store.transact(nuncio, (tx) => tx.create(eventType, 'counter', nothing));
  await Promise.all(
    Array.from({ length: 40 }, () =>
      store.transact(nuncio, async (tx) => {
        const current = await tx.current(eventType, 'counter', null);
        return tx.append(eventType, current, [changed({ description: String(Number(current.state.description) + 1) })]);
      }),
    ),
  );
  expect(await store.read(nuncio).get(eventType, 'counter')).toMatchObject({ version: 41, state: { description: '40' } });
});

it('accepts nothing that no service could read again: the relay would stop at it for ever', async () => {
  const before = await store.position();
  for (const [field, value] of [['externalId', 'ä'], ['externalId', ''], ['labels', { a: 1 }], ['name', null]] as const) {
    const made = store.transact(nuncio, (tx) => tx.create(application, 'app_odd', { id: 'app_odd', tenant: 'acme', name: 'odd', [field]: value }));
    await expect(made).rejects.toMatchObject({ code: 'invalid', errors: [{ pointer: expect.stringMatching(`^/${field}`) }] });
  }
  await app('app_even', 'acme');
  await expect(store.transact(nuncio, async (tx) => tx.append(application, await tx.current(application, 'app_even', null), [changed({ externalId: 'a/b' })]))).rejects.toMatchObject({ code: 'invalid' });
  expect(await store.position()).toBe(before + 1);
});

it('refuses a writer who expects another version than there is', async () => {
  const seen = await app('app_stale', 'acme');
  await store.transact(nuncio, async (tx) => tx.append(application, await tx.current(application, 'app_stale', [1]), [changed({ name: 'newer' })]));
  await expect(store.transact(nuncio, (tx) => tx.append(application, seen, [changed({ name: 'older' })]))).rejects.toMatchObject({ code: 'conflict', retriable: true });
  await expect(store.transact(nuncio, (tx) => tx.current(application, 'app_stale', [1]))).rejects.toMatchObject({ code: 'stale' });
});

it('undoes everything a command did when it fails', async () => {
  const before = await store.position();
  const failing = store.transact(nuncio, async (tx) => {
    await tx.create(application, 'app_half', { id: 'app_half', tenant: 'acme', name: 'half' });
    throw new Error('changed my mind');
  });
  await expect(failing).rejects.toThrow('changed my mind');
  expect(await store.position()).toBe(before);
  expect(await store.read(nuncio).find(application, 'app_half')).toBeNull();
});

it('keeps names unique among existing resources only', async () => {
  await app('app_one', 'names', 'same');
  await expect(app('app_two', 'names', 'same')).rejects.toMatchObject({ code: 'conflict', errors: [{ pointer: '/name' }] });
  await app('app_two', 'elsewhere', 'same');
  await store.transact(nuncio, async (tx) => tx.delete(application, await tx.current(application, 'app_one', null)));
  await app('app_three', 'names', 'same');
  expect(await store.read(nuncio).byName(application, nameInTenant('names', 'same'))).toMatchObject({ id: 'app_three' });
  await expect(app('app_one', 'names', 'other')).rejects.toMatchObject({ code: 'conflict' });
});

it('continues the stream of an id that can be used again', async () => {
  const type = { name: 'again', description: null, schema: null, audience: 'addressed', approval: 'none' } as const;
  const made = await store.transact(nuncio, (tx) => tx.create(eventType, 'again', type));
  await store.transact(nuncio, (tx) => tx.delete(eventType, made));
  const again = await store.transact(nuncio, (tx) => tx.create(eventType, 'again', type));
  expect(again.version).toBe(3);
  expect(again.created).toBe(again.position);
});

it('deletes nothing that an existing resource depends on', async () => {
  const blank = { id: 'sub_dep', tenant: 'acme', callback: 'cb_dep', eventTypes: ['counter'], filter: null };
  const sub = await store.transact(nuncio, (tx) => tx.create(subscription, 'sub_dep', draft(blank)));
  const remove = () => store.transact(nuncio, async (tx) => tx.delete(eventType, await tx.current(eventType, 'counter', null)));
  await expect(remove()).rejects.toMatchObject({ code: 'in-use', message: expect.stringContaining('sub_dep') as unknown as string });
  const edited = await store.transact(nuncio, (tx) => tx.append(subscription, sub, edit(sub.state, { eventTypes: ['*'], filter: null }, () => false)));
  await remove();
  expect(edited.state.eventTypes).toEqual(['*']);
});

it('shows a caller its tenant and groups, and not even the existence of the rest', async () => {
  const make = (id: string, tenant: string, groups: string[]) => store.transact(nuncio, (tx) => tx.create(credential, id, { ...blankCredential(id, tenant, groups, id), clientId: 's1.x' }));
  await make('cred_open', 'reach', []);
  await make('cred_billing', 'reach', ['billing']);
  await make('cred_other', 'other', []);
  const seen = async (caller: Principal) => (await list(store.read(caller), credential, listQuery('credential').parse({}), ({ id }) => id)).items;
  expect(await seen(consumer('reach'))).toEqual(['cred_open']);
  expect(await seen(consumer('reach', 'billing', 'x'))).toEqual(['cred_billing', 'cred_open']);
  expect(await seen({ ...consumer('reach'), role: 'viewer' })).toEqual(['cred_billing', 'cred_open']);
  expect(await seen(nuncio)).toEqual(['cred_other', 'cred_billing', 'cred_open']);
  await expect(list(store.read(consumer('reach')), credential, listQuery('credential').parse({ tenant: 'other' }), ({ id }) => id)).rejects.toMatchObject({ code: 'invalid' });
  const [theirs, nobodys] = await Promise.allSettled([store.read(consumer('reach')).get(credential, 'cred_billing'), store.read(consumer('reach')).get(credential, 'cred_nobody')]);
  expect(theirs).toMatchObject({ reason: { code: 'not-found', message: 'there is no credential "cred_billing"' } });
  expect(nobodys).toMatchObject({ reason: { code: 'not-found', message: 'there is no credential "cred_nobody"' } });
});

it('pages newest first, and rows that are inserted meanwhile move nothing', async () => {
  for (const id of ['app_p1', 'app_p2', 'app_p3']) await app(id, 'pages');
  const caller = consumer('pages');
  const read = (cursor?: string | null) => list(store.read(caller), application, listQuery('application').parse({ limit: '2', ...(cursor && { cursor }) }), ({ id }) => id);
  const one = await read();
  expect(one).toEqual({ items: ['app_p3', 'app_p2'], next: expect.any(String) as unknown as string });
  await app('app_p4', 'pages');
  expect(await read(one.next)).toEqual({ items: ['app_p1'], next: null });
});

it('stores the position of an activation in its state', async () => {
  const sub = await store.transact(nuncio, (tx) => tx.create(subscription, 'sub_act', { ...draft({ id: 'sub_act', tenant: 'acme', callback: 'cb_x', eventTypes: ['*'], filter: null }), state: 'validated' }));
  const active = await store.transact(nuncio, (tx) => tx.append(subscription, sub, [move('validated', 'activate')]));
  expect(active.state.activatedAt).toBe(active.position);
});

it('finds a key by its hash, and a revoked one no longer', async () => {
  const key = await store.transact(nuncio, (tx) => tx.create(apiKey, 'key_1', { id: 'key_1', name: 'k', role: 'viewer', tenant: 'acme', groups: [], hash: 'h' }));
  expect(await store.read(nuncio).byName(apiKey, 'h')).toMatchObject({ id: 'key_1' });
  await store.transact(nuncio, (tx) => tx.append(apiKey, key, [deleted]));
  expect(await store.read(nuncio).byName(apiKey, 'h')).toBeNull();
});

it('refuses to change an event', async () => {
  await expect(database.query(`update config.events set actor = 'somebody'`)).rejects.toThrow('append-only');
  await expect(database.query('delete from config.events')).rejects.toThrow('append-only');
});
