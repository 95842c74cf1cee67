import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventId, readEvent, type Principal } from '@nuncio/contracts';
import type { ConfigView } from '@nuncio/kafka';
import { Turns } from '@nuncio/service';
import { attempted, inbound, ofDelivery, placed, succeeded } from '../testing/facts.js';
import { openLog, type LogDatabase } from '../testing/log-database.js';
import { Downloads } from '../export/downloads.js';
import { LiveStreams } from '../stream/live-streams.js';
import type { ShownAttempt } from './attempts/attempt.js';
import { AttemptsController } from './attempts/attempts.controller.js';
import { DeliveriesController } from './deliveries/deliveries.controller.js';
import { deliverySource } from './deliveries/delivery-source.js';
import { EventsController } from './events/events.controller.js';
import { FilterTrialController } from './events/filter-trial.controller.js';
import { PayloadReads } from './events/payload-reads.js';
import { countParameter } from './count.js';
import { listQuery, type Filters, type Query } from './filters/filter.js';
import { attemptFilters, deliveryFilters, eventFilters } from './filters/filters.js';
import type { Page } from './select.js';

const admin: Principal = { id: 'key_admin', role: 'admin', tenant: null, groups: [] };
const acme: Principal = { id: 'key_acme', role: 'consumer', tenant: 'acme', groups: ['billing'] };
const acmeSales: Principal = { ...acme, groups: ['sales'] };
const globex: Principal = { id: 'key_globex', role: 'consumer', tenant: 'globex', groups: [] };

const callbacks = [
  { id: 'cb_acme', state: { tenant: 'acme', groups: ['billing'], labels: { env: 'prod', team: 'a' }, enabled: true } },
  { id: 'cb_globex', state: { tenant: 'globex', groups: [], labels: { env: 'prod', team: 'b' }, enabled: true } },
];
const view = {
  all: () => callbacks,
  get: (kind: string, id: string) =>
    kind === 'callback' ? callbacks.find((c) => c.id === id) : { state: { state: id === 'sub_off' ? 'deactivated' : 'activated' } },
} as unknown as ConfigView;

let log: LogDatabase;
let deliveries: DeliveriesController;
let attempts: AttemptsController;
let events: EventsController;

const noon = Math.floor(Date.now() / 86_400_000) * 86_400_000 - 43_200_000;
const EVENTS = 7;
const dq = (given: Record<string, unknown> = {}) => listQuery(deliveryFilters, countParameter).parse(given);
const q = <F extends Filters>(filters: F, given: Record<string, unknown> = {}): Query<F> => listQuery(filters).parse(given);

const attemptPage = async (caller: Principal, given: Record<string, unknown> = {}): Promise<Page<ShownAttempt>> => {
  const page = await attempts.list(caller, { ...q(attemptFilters, given), format: 'json', count: 'false' }, () => Promise.resolve(true));
  if (!('items' in page)) throw new Error('not a page');
  return page;
};

beforeAll(async () => {
  log = await openLog();
  await log.owned('callback', callbacks);
  deliveries = new DeliveriesController(log.dataSource, view, new LiveStreams());
  attempts = new AttemptsController(log.dataSource, new LiveStreams(), new Downloads(new Turns()));
  events = new EventsController(log.dataSource, view, new LiveStreams());
  for (let i = 0; i < EVENTS; i++) {
    // Two days, two events a millisecond, two tenants per event.
    const eventAt = noon - (i % 2) * 86_400_000 + Math.floor(i / 4);
    const headers = { ce_specversion: '1.0', ce_id: `n-${i}`, ce_source: '/orders', ce_type: 'invoice.paid', ce_tenant: 'acme, globex' };
    const event = readEvent(headers, Buffer.from(`{"n": ${i}.0}`));
    if ('reason' in event) throw new Error(event.detail);
    await log.writer.writeEvents([{ event, record: inbound(event.payload, { timestamp: eventAt, offset: String(i) }) }]);
    const forAcme = ofDelivery({ ceId: `n-${i}`, eventAt, callback: 'cb_acme', subscription: i === 0 ? 'sub_off' : 'sub_acme' });
    const forGlobex = ofDelivery({ ceId: `n-${i}`, eventAt, tenant: 'globex', callback: 'cb_globex', subscription: 'sub_globex' });
    await log.writer.writeFacts([placed(attempted(forAcme, 1), 3 * i), placed(attempted(forGlobex, 1, succeeded), 3 * i + 1)]);
  }
});
afterAll(() => log.drop());

describe('a list', () => {
  it('comes newest first, in pages that neither repeat nor lose a row while newer ones arrive', async () => {
    const seen: { id: string; createdAt: Date }[] = [];
    let cursor: string | undefined;
    do {
      const { items, next } = await deliveries.list(admin, dq({ limit: 3, ...(cursor ? { cursor } : {}) }));
      seen.push(...items);
      cursor = next ?? undefined;
      const newer = ofDelivery({ ceId: `later-${seen.length}`, eventAt: Date.now(), callback: 'cb_globex', tenant: 'later' });
      await log.writer.writeFacts([placed(attempted(newer, 1, succeeded), 100 + seen.length)]);
    } while (cursor);
    expect(seen).toHaveLength(2 * EVENTS);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(2 * EVENTS);
    const times = seen.map(({ createdAt }) => createdAt.getTime());
    expect(times).toEqual(times.toSorted((a, b) => b - a));
  });

  it('answers every filter', async () => {
    const later = (await deliveries.list(admin, dq({ tenant: 'later', limit: 100 }))).items.length;
    const total = async (given: Record<string, unknown>): Promise<number> => (await deliveries.list(admin, dq(given))).items.length;
    expect(await total({ tenant: 'acme' })).toBe(EVENTS);
    expect(await total({ tenant: ['acme', 'globex'] })).toBe(2 * EVENTS);
    expect(await total({ status: 'pending', callback: 'cb_acme', eventType: 'invoice.paid', application: 'app_acme' })).toBe(EVENTS);
    expect(await total({ event: eventId('/orders', 'n-3') })).toBe(2);
    expect(await total({ 'label.env': 'prod' })).toBe(2 * EVENTS + later);
    expect(await total({ 'label.env': 'prod', 'label.team': ['a', 'c'] })).toBe(EVENTS);
    expect(await total({ 'label.env': 'test' })).toBe(0);
    expect(await total({ tenant: ['acme', 'globex'], status: '!delivered' })).toBe(EVENTS);
    expect(await total({ tenant: ['acme', 'globex'], errorClass: '!http' })).toBe(EVENTS);
    expect(await total({ tenant: ['acme', 'globex'], responseStatus: ['!204', '!5xx'] })).toBe(0);
    expect((await attemptPage(admin, { 'label.team': 'a', limit: 100 })).items).toHaveLength(EVENTS);
    expect((await attemptPage(acme, { 'label.team': 'b', limit: 100 })).items).toEqual([]);
    expect(await total({ errorClass: 'http', responseStatus: ['5xx', '404'] })).toBe(EVENTS);
    expect(await total({ subscription: 'sub_off' })).toBe(1);
    expect(await total({ tenant: ['acme', 'globex'], since: new Date(noon).toISOString() })).toBe(8);
    expect(await total({ until: new Date(noon).toISOString() })).toBe(6);
    expect((await attemptPage(admin, { status: 'failed', limit: 100 })).items).toHaveLength(EVENTS);
    expect((await events.list(admin, q(eventFilters, { ceId: ['n-1', 'n-2'], ceSource: '/orders', tenant: 'globex' }))).items).toHaveLength(2);
    const ids = (await deliveries.list(admin, dq({ tenant: 'acme', limit: 3 }))).items.map(({ id }) => id);
    expect((await deliveries.list(admin, dq({ id: ids }))).items.map(({ id }) => id)).toEqual(ids);
    expect((await deliveries.list(globex, dq({ id: ids }))).items).toEqual([]);
    expect((await events.list(admin, q(eventFilters, { id: ['n-1', 'n-2'].map((ceId) => eventId('/orders', ceId)) }))).items).toHaveLength(2);
  });

  it('finds what an operation or a caller asked for, each delivery once, also before it has been attempted', async () => {
    const of = (n: number) => ofDelivery({ ceId: `asked-${n}`, eventAt: noon - 20 * 60_000 + n, callback: 'cb_support', tenant: 'support' });
    const asked = (n: number, operation: string | null) => ({ delivery: of(n).delivery, eventAt: of(n).eventAt, number: 2, fact: 'asked', reason: 'replay', requestedBy: 'key_support', operation, hold: null });
    await log.writer.writeFacts([
      placed(attempted(of(0), 1, {}), 700),
      placed(attempted(of(0), 2, { reason: 'replay', requestedBy: 'key_support', operation: 'op_1', ...succeeded }), 701),
      placed({ fact: 'held', ...of(1), number: 1, reason: 'no token', operation: 'op_1' }, 702),
      placed({ fact: 'canceled', ...of(2), number: 1, reason: 'it was canceled by key_support', requestedBy: 'key_support' }, 703),
    ]);
    await log.writer.writeTimeline([{ ...asked(0, 'op_1'), at: noon }, { ...asked(0, 'op_1'), at: noon + 1 }, { ...asked(1, 'op_1'), at: noon }]);
    const found = async (given: Record<string, unknown>) => {
      const { items, count } = await deliveries.list(admin, dq({ ...given, count: 'true' }));
      expect(count).toEqual({ value: items.length, exact: true });
      return items.map(({ ceId }) => ceId);
    };
    expect(await found({ operation: 'op_1' })).toEqual(['asked-1', 'asked-0']);
    expect(await found({ operation: ['op_1', 'op_2'], status: 'held' })).toEqual(['asked-1']);
    expect(await found({ requestedBy: 'key_support' })).toEqual(['asked-2', 'asked-1', 'asked-0']);
    expect(await found({ requestedBy: 'key_support', since: new Date(of(1).eventAt).toISOString() })).toEqual(['asked-2', 'asked-1']);
    expect(await found({ requestedBy: 'key_other' })).toEqual([]);
    expect(await found({ reason: 'no-token', callback: 'cb_support' })).toEqual(['asked-1']);
    expect(await found({ reason: ['no-token', 'canceled-by-hand'] })).toEqual(['asked-2', 'asked-1']);
    expect(await found({ reason: 'other' })).toEqual([]);
    const first = await deliveries.list(admin, dq({ operation: 'op_1', limit: 1 }));
    expect(first.items.map(({ reasonCode }) => reasonCode)).toEqual(['no-token']);
    expect((await deliveries.list(admin, dq({ operation: 'op_1', limit: 1, cursor: first.next }))).items.map(({ ceId }) => ceId)).toEqual(['asked-0']);
    expect((await deliveries.list(acme, dq({ operation: 'op_1' }))).items).toEqual([]);
    expect((await attemptPage(admin, { operation: 'op_1' })).items).toMatchObject([{ number: 2, requestedBy: 'key_support', reason: 'replay' }]);
    expect((await attemptPage(admin, { requestedBy: 'key_support', reason: 'replay' })).items).toHaveLength(1);
    expect((await attemptPage(admin, { requestedBy: 'key_support', reason: '!replay' })).items).toEqual([]);
  });

  it('finds an attempt of a former release by its reason, which only its fact has', async () => {
    const of = ofDelivery({ ceId: 'former', eventAt: noon - 30 * 60_000, callback: 'cb_support', tenant: 'support' });
    const fact = attempted(of, 2, { reason: 'resend', requestedBy: 'key_former' });
    await log.writer.writeFacts([placed(fact, 704)]);
    await log.dataSource.query('UPDATE log.attempts SET reason = NULL, requested_by = NULL WHERE id = $1', [fact.id]);
    expect((await attemptPage(admin, { id: fact.id, reason: 'resend' })).items).toMatchObject([{ requestedBy: 'key_former' }]);
    expect((await attemptPage(admin, { id: fact.id, reason: '!resend' })).items).toEqual([]);
    expect((await attemptPage(admin, { requestedBy: 'key_former' })).items).toEqual([]);
  });
});

it('counts what is selected if the caller asks for it', async () => {
  expect(await deliveries.list(acme, dq({ limit: 1, count: 'true' }))).toMatchObject({ items: [{}], count: { value: EVENTS, exact: true } });
  expect(await deliveries.list(acme, dq({ tenant: 'globex', count: 'true' }))).toMatchObject({ count: { value: 0, exact: true } });
  expect(await deliveries.list(acme, dq())).not.toHaveProperty('count');
});

it('tries a filter on the newest events of its types that the caller may read', async () => {
  const trial = new FilterTrialController(log.dataSource, view, new PayloadReads());
  const passing = async (caller: Principal, filter: object, eventTypes = ['invoice.paid'], tenant?: string): Promise<string[]> =>
    (await trial.try(caller, { eventTypes, filter, tenant })).items.filter(({ passes }) => passes).map(({ ceId }) => ceId).sort();
  const all = Array.from({ length: EVENTS }, (_, i) => `n-${i}`);
  expect(await passing(admin, { exact: { '/data/n': 3 } })).toEqual(['n-3']);
  expect(await passing(acme, { not: { exact: { '/data/n': 3 } } })).toEqual(all.filter((id) => id !== 'n-3'));
  expect(await passing(acme, { exact: { tenant: 'acme' } })).toEqual(all);
  expect(await passing(admin, { exact: { tenant: 'acme' } }, ['*'], 'acme')).toEqual(expect.arrayContaining(all));
  expect(await passing(admin, { prefix: { source: '/orders' } }, ['invoice.voided'])).toEqual([]);
  expect(await passing(acmeSales, { prefix: { source: '/' } })).toEqual([]);
});

describe('who may see what', () => {
  it('is the same for lists and single resources: a consumer sees its tenant and groups, whatever it filters by', async () => {
    expect((await deliveries.list(acme, dq())).items.map(({ tenant }) => tenant)).toEqual(Array(EVENTS).fill('acme'));
    expect((await deliveries.list(acme, dq({ tenant: 'globex' }))).items).toEqual([]);
    expect((await deliveries.list(acmeSales, dq())).items).toEqual([]);
    expect((await attemptPage(globex)).items).toHaveLength(EVENTS);
    const { delivery } = ofDelivery({ ceId: 'n-1', subscription: 'sub_acme' });
    await expect(deliveries.one(acme, delivery)).resolves.toMatchObject({ id: delivery });
    const notThere: unknown = await deliveries.one(globex, 'dlv_none').catch((error: unknown) => error);
    await expect(deliveries.one(globex, delivery)).rejects.toEqual(notThere);
  });

  it('outlives configuration: what a deleted callback was sent had vanished from its own tenant', async () => {
    const gone = { ...acme, groups: ['ops'] };
    const of = ofDelivery({ ceId: 'gone', callback: 'cb_deleted', tenant: 'acme', eventAt: noon - 9 * 86_400_000 });
    await log.owned('callback', [{ id: 'cb_deleted', state: { tenant: 'acme', groups: ['ops'] } }]);
    await log.writer.writeFacts([placed(attempted(of, 1, succeeded), 900)]);
    expect((await deliveries.list(gone, dq())).items.map(({ id }) => id)).toEqual([of.delivery]);
    expect((await attemptPage(gone)).items).toHaveLength(1);
    await expect(deliveries.one(acme, of.delivery)).rejects.toMatchObject({ code: 'not-found' });
  });

  it.each(Object.entries({ tenant: 'globex', application: 'app_globex', callback: 'cb_globex', subscription: 'sub_globex', event: eventId('/orders', 'n-1') }))(
    'is not widened by a filter: %s=%s shows nothing of the other tenant, alone or beside its own',
    async (name, theirs) => {
      const own = { tenant: 'acme', application: 'app_acme', callback: 'cb_acme', subscription: 'sub_acme', event: eventId('/orders', 'n-2') }[name] ?? '';
      for (const given of [{ [name]: theirs }, { [name]: [own, theirs] }]) {
      const { items, count } = await deliveries.list(acme, dq({ ...given, count: 'true' }));
      const tenants = [...items, ...(await attemptPage(acme, given)).items].map(({ tenant }) => tenant);
      expect(tenants.filter((tenant) => tenant !== 'acme')).toEqual([]);
      expect(count).toEqual({ value: items.length, exact: true });
    }
  });

  it("shows a tenant nothing of the other tenants' part of an event", async () => {
    const { items } = await events.list(acme, q(eventFilters, { ceId: 'n-1' }));
    expect(items).toMatchObject([{ tenants: ['acme'], deliveries: [{ tenant: 'acme' }] }]);
    expect(JSON.stringify(items)).not.toContain('globex');
    expect((await events.list(acme, q(eventFilters, { tenant: 'globex' }))).items).toEqual([]);
    await expect(events.one(acmeSales, eventId('/orders', 'n-1'))).rejects.toMatchObject({ code: 'not-found' });
  });
});

it('shows a whole delivery, with its attempts and its next step', async () => {
  const { delivery, eventAt } = ofDelivery({ ceId: 'n-0', subscription: 'sub_off', eventAt: noon });
  const shown = JSON.parse(JSON.stringify(await deliveries.one(acme, delivery))) as unknown;
  expect(shown).toMatchObject({
    status: 'pending',
    willCancel: true,
    explanation: expect.stringContaining('the next one will be canceled'),
    attemptCount: 1,
    next: { step: 'later', notBefore: new Date(eventAt + 6_000).toISOString() },
    attempts: [
      {
        number: 1,
        startedAt: new Date(eventAt + 1_000).toISOString(),
        request: { headers: { authorization: '<redacted>' } },
        response: { status: 503, headers: { 'set-cookie': ['a', 'b'] }, body: 'busy\u0000' },
        error: { class: 'http' },
        next: { step: 'later', notBefore: new Date(eventAt + 6_000).toISOString() },
      },
    ],
  });
});

it('shows a tenant an event once, if its delivery was made from a later record of the event', async () => {
  const again = readEvent({ ce_specversion: '1.0', ce_id: 'again', ce_source: '/orders', ce_type: 'new.type', ce_tenant: 'acme' }, Buffer.from('{}'));
  if ('reason' in again) throw new Error(again.detail);
  const [unmatchedAt, deliveredAt, againAt] = [noon - 3_000, noon - 2_000, noon - 1_000];
  for (const [n, timestamp] of [unmatchedAt, deliveredAt, againAt].entries())
    await log.writer.writeEvents([{ event: again, record: inbound('', { timestamp, offset: String(600 + n) }) }]);
  await log.writer.writeFacts([
    placed({ fact: 'unmatched', event: again.id, eventAt: unmatchedAt, eventType: 'new.type', at: unmatchedAt, reason: 'unknown-type' }, 600),
    ...[deliveredAt, againAt].map((eventAt, n) => placed(attempted(ofDelivery({ ceId: 'again', eventAt, eventType: 'new.type', callback: 'cb_acme', subscription: `sub_${n}` }), 1, succeeded), 601 + n)),
  ]);
  for (const caller of [acme, admin]) {
    const { items } = await events.list(caller, q(eventFilters, { eventType: 'new.type', tenant: 'acme' }));
    expect(items).toMatchObject([{ id: again.id, unmatched: null, createdAt: new Date(deliveredAt) }]);
  }
});

it("shows a tenant the record of an event that it was sent, and not another tenant's record of the same id", async () => {
  const payloads = { acme: 'for acme', globex: 'for globex' };
  for (const [n, tenant] of (['acme', 'globex'] as const).entries()) {
    const event = readEvent({ ce_specversion: '1.0', ce_id: 'reused', ce_source: '/orders', ce_type: 'reused.type', ce_tenant: tenant }, Buffer.from(payloads[tenant]));
    if ('reason' in event) throw new Error(event.detail);
    const eventAt = noon - 5_000 + n * 1_000;
    await log.writer.writeEvents([{ event, record: inbound(event.payload, { timestamp: eventAt, offset: String(700 + n) }) }]);
    const of = ofDelivery({ ceId: 'reused', eventAt, eventType: 'reused.type', tenant, callback: `cb_${tenant}`, subscription: `sub_${tenant}` });
    await log.writer.writeFacts([placed(attempted(of, 1, succeeded), 700 + n)]);
  }
  const id = eventId('/orders', 'reused');
  const payloadOf = async (caller: Principal): Promise<string> => {
    let sent: unknown;
    const reply = { type: () => reply, header: () => reply, send: (payload: unknown) => Promise.resolve((sent = payload)) };
    await events.payload(caller, id, reply as never);
    return String(sent);
  };
  for (const [caller, tenant] of [[acme, 'acme'], [globex, 'globex']] as const) {
    expect(await payloadOf(caller)).toBe(payloads[tenant]);
    const shown = { id, tenants: [tenant], payloadBytes: payloads[tenant].length, deliveries: [{ tenant }] };
    expect(await events.one(caller, id)).toMatchObject(shown);
    for (const given of [{ eventType: 'reused.type' }, { ceId: 'reused' }]) expect((await events.list(caller, q(eventFilters, given))).items).toMatchObject([shown]);
  }
});

it('shows a tenant nothing of an unknown tenant that an event names beside it', async () => {
  const event = readEvent({ ce_specversion: '1.0', ce_id: 'stranger', ce_source: '/orders', ce_type: 'mixed.type', ce_tenant: 'acme,acmee' }, Buffer.from('{}'));
  if ('reason' in event) throw new Error(event.detail);
  const eventAt = noon - 6_000;
  await log.writer.writeEvents([{ event, record: inbound(event.payload, { timestamp: eventAt, offset: '710' }) }]);
  await log.writer.writeFacts([
    placed({ fact: 'unmatched', event: event.id, eventAt, eventType: 'mixed.type', at: eventAt, reason: 'unknown-tenant' }, 710),
    placed(attempted(ofDelivery({ ceId: 'stranger', eventAt, eventType: 'mixed.type', callback: 'cb_acme', subscription: 'sub_acme' }), 1, succeeded), 711),
  ]);
  expect(await events.one(acme, event.id)).toMatchObject({ tenants: ['acme'], unmatched: null });
  expect(await events.one(admin, event.id)).toMatchObject({ tenants: ['acme', 'acmee'], unmatched: 'unknown-tenant', publisher: null });
});

it('shows an event that was published twice once, and says why it has no delivery', async () => {
  const twice = readEvent({ ce_specversion: '1.0', ce_id: 'twice', ce_source: '/orders', ce_type: 'lost.type' }, Buffer.from('first'));
  if ('reason' in twice) throw new Error(twice.detail);
  const at = Date.now() - 2 * 86_400_000;
  await log.writer.writeFacts([placed({ fact: 'unmatched', event: twice.id, eventAt: at, eventType: 'lost.type', at, reason: 'unknown-type' }, 500)]);
  await log.writer.writeEvents([{ event: { ...twice, payload: Buffer.from('second') }, record: inbound('', { timestamp: Date.now(), offset: '501' }) }]);
  await log.writer.writeEvents([{ event: twice, record: inbound('', { timestamp: at, offset: '500' }) }]);
  const { items } = await events.list(admin, q(eventFilters, { eventType: 'lost.type' }));
  expect(items).toMatchObject([
    { id: twice.id, unmatched: 'unknown-type', payloadBytes: 5, deliveries: [], lineage: { topic: 'events', partition: 0, offset: '500' } },
  ]);
});

describe('an order number, and no id', () => {
  const at = noon - 8_000;
  const publish = async (n: number, tenant: string, attributes: Record<string, string>): Promise<string> => {
    const headers = { ce_specversion: '1.0', ce_id: `order-${n}`, ce_source: '/orders', ce_type: 'order.type', ce_tenant: tenant, ...attributes };
    const event = readEvent(headers, Buffer.from(`${n}`));
    if ('reason' in event) throw new Error(event.detail);
    await log.writer.writeEvents([{ event, record: inbound(event.payload, { timestamp: at + n, offset: String(800 + n) }) }]);
    return event.id;
  };
  const delivered = (n: number) =>
    log.writer.writeFacts([placed(attempted(ofDelivery({ ceId: `order-${n}`, eventAt: at + n, eventType: 'order.type', callback: 'cb_acme', subscription: 'sub_acme' }), 1, succeeded), 800 + n)]);
  const unmatched = (n: number, event: string, tenants: string[]) =>
    log.writer.writeFacts([placed({ fact: 'unmatched', event, eventAt: at + n, eventType: 'order.type', at, reason: 'no-subscription', tenants }, 820 + n)]);
  let ids: string[];
  beforeAll(async () => {
    ids = [
      await publish(0, 'acme', { ce_subject: 'order/4711', ce_order: '4711', ce_region: 'eu' }),
      await publish(1, 'acme', { ce_subject: 'order/4712', ce_order: '4712', ce_region: 'eu' }),
      await publish(2, 'acme, initech', { ce_subject: 'order/4711', ce_order: '4711', ce_region: 'us' }),
      await publish(3, 'initech', { ce_order: '4713' }),
    ];
    await delivered(0);
    await delivered(1);
    await unmatched(2, ids[2] ?? '', ['acme', 'initech']);
    await unmatched(3, ids[3] ?? '', ['initech']);
  });
  const found = async (given: Record<string, unknown>, caller = admin): Promise<number[]> =>
    (await events.list(caller, q(eventFilters, { eventType: 'order.type', ...given }))).items.map(({ id }) => ids.indexOf(id));
  const ofDeliveries = async (given: Record<string, unknown>, caller = admin): Promise<number[]> => {
    const { items, count } = await deliveries.list(caller, dq({ ...given, count: 'true' }));
    expect(count?.value).toBe(items.length);
    return items.map(({ event }) => ids.indexOf(event));
  };

  it('finds events by subject and by extensions, alone and together', async () => {
    expect(await found({ subject: 'order/4711' })).toEqual([2, 0]);
    expect(await found({ 'ext.order': '4711' })).toEqual([2, 0]);
    expect(await found({ 'ext.order': '4711', 'ext[region]': 'eu' })).toEqual([0]);
    expect(await found({ 'ext.order': ['4712', '4713'] })).toEqual([3, 1]);
    expect(await found({ 'ext.region': ['eu', 'us'], subject: 'order/4711' })).toEqual([2, 0]);
    expect(await found({ 'ext.order': '0815' })).toEqual([]);
    expect(await found({ 'ext.order': '4711', since: new Date(at + 1).toISOString() })).toEqual([2]);
  });

  it('finds deliveries by the same, and by ceId', async () => {
    expect(await ofDeliveries({ subject: 'order/4711' })).toEqual([0]);
    expect(await ofDeliveries({ 'ext.region': 'eu' })).toEqual([1, 0]);
    expect(await ofDeliveries({ 'ext.region': 'eu', ceId: 'order-1', tenant: 'acme' })).toEqual([1]);
    expect(await ofDeliveries({ 'ext.order': ['4711', '4712'] })).toEqual([1, 0]);
    expect(await ofDeliveries({ ceId: ['order-0', 'order-1'] })).toEqual([1, 0]);
    expect(await ofDeliveries({ 'ext.region': 'eu', until: new Date(at + 1).toISOString() })).toEqual([0]);
    expect(await ofDeliveries({ 'ext.region': 'eu' }, globex)).toEqual([]);
  });

  it('finds events that nobody gets, also of a tenant: events that were addressed to it in vain were hidden', async () => {
    expect(await found({ tenant: 'acme' })).toEqual([2, 1, 0]);
    expect(await found({ tenant: 'initech' })).toEqual([3, 2]);
    expect(await found({ unmatched: 'any' })).toEqual([3, 2]);
    expect(await found({ unmatched: ['no-subscription'], tenant: 'acme' })).toEqual([2]);
    expect(await found({ unmatched: 'schema' })).toEqual([]);
    expect(await found({ unmatched: '!any' })).toEqual([1, 0]);
    expect(await found({ unmatched: ['any', '!no-subscription'] })).toEqual([]);
    expect(await found({ unmatched: 'any' }, acme)).toEqual([]);
    expect(await found({ unmatched: '!any' }, acme)).toEqual([1, 0]);
    expect(await found({ unmatched: ['unknown-tenant', '!schema'] }, acme)).toEqual([]);
    expect(await found({ unmatched: '!unknown-tenant' }, acme)).toEqual(await found({}, acme));
    expect(await found({ tenant: 'acme' }, acme)).toEqual([1, 0]);
    expect(await found({ 'ext.order': '4711' }, acme)).toEqual([0]);
  });

  it('refuses a name that is no extension, and one that another filter serves', () => {
    for (const name of ['Order', 'tenant', 'id', 'subject', '']) expect(listQuery(eventFilters).safeParse({ [`ext.${name}`]: 'x' }).success).toBe(false);
  });

  it('searches by the key, newest partition first, and begins with no other', async () => {
    const { from, lead } = deliverySource(q(deliveryFilters, { 'ext.region': 'eu' }));
    const literal = (value: unknown): string => `'${String(value)}'`;
    const where = lead(literal);
    const rows = await log.dataSource.query<Record<'QUERY PLAN', string>[]>(
      `EXPLAIN SELECT * FROM ${from(literal)} ${where.length ? `WHERE ${where.join(' AND ')}` : ''} ORDER BY event_at DESC, id DESC LIMIT 100`,
    );
    expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toMatch(/event_keys.*_pkey/);
  });
});
