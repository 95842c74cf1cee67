import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { AggregateKind, Principal } from '@nuncio/contracts';
import type { DataSource } from 'typeorm';
import { aggregates } from '../aggregates.js';
import { application } from '../applications/application.js';
import { callback, effective } from '../callbacks/callback.js';
import { blankCallback } from '../callbacks/edit-callback.js';
import { changed, EventStore, nuncio, type Transaction } from '../event-store/index.js';
import { eventType } from '../event-types/event-type.js';
import { draft, move, subscription } from '../subscriptions/subscription.js';
import { tenant } from '../tenants/tenant.js';
import { filters } from './filters.js';
import { list, listQuery } from './list.js';
import { openConfig, type ConfigDatabase } from '../testing/config-database.js';

let fresh: ConfigDatabase;
let database: DataSource;
let store: EventStore;

const LABELS = [{ env: 'prod', team: 'a' }, { env: 'prod', team: 'b' }, { env: 'test' }];

beforeAll(async () => {
  fresh = await openConfig();
  database = fresh.dataSource;
  store = new EventStore(database);
  await store.transact(nuncio, async (tx) => {
    for (const id of ['acme', 'globex']) {
      await tx.create(tenant, id, { id, name: id, state: 'active', reason: null });
      await tx.create(application, `app_${id}`, { id: `app_${id}`, tenant: id, name: 'default' });
    }
    for (const [name, approval] of [['invoice.paid', 'none'], ['invoice.void', 'none'], ['salary.paid', 'required']] as const) await tx.create(eventType, name, { name, description: null, schema: null, audience: 'addressed', approval });
    for (const [i, labels] of LABELS.entries()) await callbackOf(tx, `cb_${i}`, 'acme', { name: `Ledger_${i}`, url: `https://hooks${i}.acme.com:844${i}/in?x=%`, labels, externalId: `led ${i}`, groups: i === 2 ? ['sales'] : [] });
    await callbackOf(tx, 'cb_other', 'globex', { name: 'Ledger_0', url: 'https://hooks0.acme.com/' });
    await tx.create(subscription, 'sub_paid', draft({ id: 'sub_paid', tenant: 'acme', callback: 'cb_0', eventTypes: ['invoice.paid'] }));
    await tx.create(subscription, 'sub_all', draft({ id: 'sub_all', tenant: 'acme', callback: 'cb_1', eventTypes: ['*'] }));
    const salary = await tx.create(subscription, 'sub_salary', draft({ id: 'sub_salary', tenant: 'acme', callback: 'cb_2', eventTypes: ['salary.paid'] }));
    await tx.append(subscription, salary, [move('draft', 'verify', null, 'ready-to-submit'), move('ready-to-submit', 'submit')]);
  });
});
afterAll(async () => {
  await fresh.drop();
});

async function callbackOf(tx: Transaction, id: string, of: string, given: object): Promise<void> {
  await tx.create(callback, id, effective({ ...blankCallback({ id, tenant: of, application: `app_${of}`, groups: [], name: id }), ...given }));
}

const consumer: Principal = { id: 'key_1', role: 'consumer', tenant: 'acme', groups: ['billing'] };

const ids = async (kind: AggregateKind, query: object, caller: Principal = nuncio): Promise<string[]> => (await list(store.read(caller), aggregates[kind], listQuery(kind).parse(query), ({ id }) => id)).items;

it.each<[AggregateKind, object, string[]]>([
  ['callback', {}, ['cb_other', 'cb_2', 'cb_1', 'cb_0']],
  ['callback', { order: 'created', tenant: 'acme' }, ['cb_0', 'cb_1', 'cb_2']],
  ['callback', { id: ['cb_1', 'cb_other', 'cb_none'] }, ['cb_other', 'cb_1']],
  ['callback', { name: 'Ledger_0' }, ['cb_other', 'cb_0']],
  ['callback', { externalId: ['led 1', 'led 2'] }, ['cb_2', 'cb_1']],
  ['callback', { url: 'https://hooks0.acme.com' }, ['cb_other']],
  ['callback', { host: 'HOOKS0.acme.com' }, ['cb_other', 'cb_0']],
  ['callback', { 'label.env': 'prod' }, ['cb_1', 'cb_0']],
  ['callback', { 'label.env': 'prod', 'label[env]': 'test' }, ['cb_2', 'cb_1', 'cb_0']],
  ['callback', { 'label.env': 'prod', 'label[team]': ['b', 'c'] }, ['cb_1']],
  ['callback', { 'label.env': ['test', 'prod'], application: 'app_acme', enabled: 'true' }, ['cb_2', 'cb_1', 'cb_0']],
  ['callback', { enabled: 'false' }, []],
  ['callback', { authentication: 'oauth2' }, []],
  ['callback', { authentication: 'none', tenant: 'acme' }, ['cb_2', 'cb_1', 'cb_0']],
  ['callback', { authentication: '!oauth2', tenant: 'globex' }, ['cb_other']],
  ['callback', { q: 'LED 1' }, ['cb_1']],
  ['callback', { q: '8442/in' }, ['cb_2']],
  // Characters of a PostgreSQL pattern are plain text here.
  ['callback', { q: '?x=%' }, ['cb_2', 'cb_1', 'cb_0']],
  ['callback', { q: 'ledger%0' }, []],
  ['callback', { q: '_other' }, ['cb_other']],
  ['callback', { updatedSince: '2020-01-01T00:00:00Z', name: 'Ledger_2' }, ['cb_2']],
  ['callback', { updatedSince: '2999-01-01T00:00:00Z' }, []],
  ['subscription', { eventType: 'invoice.paid' }, ['sub_all', 'sub_paid']],
  ['subscription', { eventType: 'invoice.void' }, ['sub_all']],
  // `*` covers no type that requires approval.
  ['subscription', { eventType: 'salary.paid' }, ['sub_salary']],
  ['subscription', { eventType: ['salary.paid', 'invoice.void'] }, ['sub_salary', 'sub_all']],
  ['subscription', { state: 'submitted' }, ['sub_salary']],
  ['subscription', { callback: ['cb_0', 'cb_1'], state: ['draft', 'activated'] }, ['sub_all', 'sub_paid']],
  ['subscription', { state: '!submitted' }, ['sub_all', 'sub_paid']],
  ['subscription', { state: ['draft', 'submitted', '!submitted'] }, ['sub_all', 'sub_paid']],
  ['event-type', { approval: '!required' }, ['invoice.void', 'invoice.paid']],
  ['callback', { enabled: '!true' }, []],
  ['subscription', { application: 'app_acme' }, ['sub_salary', 'sub_all', 'sub_paid']],
  ['subscription', { application: 'app_globex' }, []],
  ['event-type', { approval: 'required' }, ['salary.paid']],
  ['event-type', { q: 'invoice' }, ['invoice.void', 'invoice.paid']],
  ['tenant', { state: 'active', name: 'acme' }, ['acme']],
])('%s %j', async (kind, query, expected) => {
  expect(await ids(kind, query)).toEqual(expected);
});

it('shows a caller only its own, whatever it asks for', async () => {
  expect(await ids('callback', { 'label.env': ['prod', 'test'] }, consumer)).toEqual(['cb_1', 'cb_0']);
  expect(await ids('callback', { host: 'hooks0.acme.com' }, consumer)).toEqual(['cb_0']);
  expect(await ids('subscription', {}, consumer)).toEqual(['sub_all', 'sub_paid']);
  expect(await ids('subscription', { application: 'app_acme' }, consumer)).toEqual(['sub_all', 'sub_paid']);
});

it.each<[AggregateKind, object]>([
  ['callback', { application: 'app_none' }],
  ['callback', { application: ['app_acme', 'app_globex'] }],
  ['callback', { tenant: 'globex' }],
  ['subscription', { eventType: 'no.such' }],
  ['subscription', { callback: 'cb_2' }],
])("refuses a reference to something that does not exist, or is somebody else's: %s %j", async (kind, query) => {
  await expect(ids(kind, query, consumer)).rejects.toMatchObject({ code: 'invalid', errors: [{ code: 'unknown' }] });
});

it.each<[AggregateKind, object]>([
  ['subscription', { state: 'lost' }],
  ['subscription', { state: '!lost' }],
  ['callback', { enabled: 'maybe' }],
  ['callback', { host: 'acme.com:443' }],
  ['callback', { url: 'acme' }],
  ['callback', { 'label.': 'x' }],
  ['callback', { label: 'x', 'label.env': 'prod' }],
  ['callback', Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`label.l${i}`, 'x']))],
  ['callback', { order: 'name' }],
  ['callback', { updatedSince: 'yesterday' }],
  ['callback', { q: '' }],
  ['callback', { colour: 'red' }],
  ['tenant', { tenant: 'acme' }],
])('refuses an invalid parameter: %s %j', (kind, query) => {
  expect(listQuery(kind).safeParse(query).success).toBe(false);
});

it.each(Object.entries(filters).flatMap(([kind, known]) => Object.keys(known).map((name) => [kind as AggregateKind, name === 'label' ? 'label.env' : name] as const)))('refuses a value that PostgreSQL cannot hold: %s by %s', (kind, name) => {
  for (const value of ['\0', 'a\0b', ['a', '\0']]) expect(listQuery(kind).safeParse({ [name]: value }).success).toBe(false);
});

it('continues where a page ended, in any order, and counts the rows', async () => {
  await store.transact(nuncio, async (tx) => tx.append(callback, await tx.get(callback, 'cb_1'), [changed({ groups: [] , enabled: true })]));
  for (const [order, expected] of [['updated', ['cb_0', 'cb_2', 'cb_other', 'cb_1']], ['-updated', ['cb_1', 'cb_other', 'cb_2', 'cb_0']], ['created', ['cb_0', 'cb_1', 'cb_2', 'cb_other']]] as const) {
    const seen: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await list(store.read(nuncio), aggregates.callback, listQuery('callback').parse({ order, limit: '1', count: 'true', ...(cursor && { cursor }) }), ({ id }) => id);
      expect(page.count).toEqual({ value: 4, exact: true });
      seen.push(...page.items);
      cursor = page.next;
    }
    expect(seen).toEqual(expected);
  }
  const { next } = await list(store.read(nuncio), aggregates.callback, listQuery('callback').parse({ order: 'updated', limit: '1' }), ({ id }) => id);
  expect(listQuery('callback').safeParse({ cursor: next }).success).toBe(false);
});
