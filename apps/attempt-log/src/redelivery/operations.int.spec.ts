import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ERRAND_HEADER, Errand, OperationEvent, readEvent, type Attempted, type DeliveryFact, type Principal } from '@nuncio/contracts';
import type { ConfigView, OutboundRecord } from '@nuncio/kafka';
import { attempted, inbound, ofDelivery, placed, succeeded } from '../testing/facts.js';
import { openLog, type LogDatabase } from '../testing/log-database.js';
import { showBegun } from './begun.js';
import { Notices } from '../notices/notices.js';
import { showOperation } from './operation.js';
import { PayloadReads } from '../query/events/payload-reads.js';
import { Operations } from './operations.js';
import { releaseParked } from './release-parked.js';
import { Replay, type Selection } from './selection.js';
import { TenantShares } from './tenant-shares.js';
import { workOff, type WorkPorts } from './work-off.js';

const acme: Principal = { id: 'key_acme', role: 'consumer', tenant: 'acme', groups: [] };
const globex: Principal = { ...acme, id: 'key_globex', tenant: 'globex' };
const filter: { now: unknown } = { now: null };
const state = { state: 'activated', enabled: true, eventTypes: ['invoice.paid', 'news'], groups: [], application: 'app_1', limits: { perSecond: 40 } };
const callbacks = [
  { id: 'cb_1', state: { ...state, tenant: 'acme', labels: { env: 'prod' } } },
  { id: 'cb_2', state: { ...state, tenant: 'globex', labels: { env: 'test' } } },
];
const kinds: Record<string, { id: string; position: number; state: unknown }[]> = {
  callback: callbacks.map((callback) => ({ ...callback, position: 1 })),
  subscription: [
    { id: 'sub_1', position: 7, state: { ...state, id: 'sub_1', tenant: 'acme', callback: 'cb_1', get filter() { return filter.now; } } },
    { id: 'sub_2', position: 7, state: { ...state, id: 'sub_2', tenant: 'globex', callback: 'cb_2' } },
  ],
  'api-key': [acme, globex, { ...acme, id: 'key_other' }].map((key) => ({ id: key.id, position: 1, state: key })),
  tenant: ['acme', 'globex'].map((id) => ({ id, position: 1, state: { id } })),
  'event-type': [
    { id: 'invoice.paid', position: 2, state: { name: 'invoice.paid', audience: 'addressed', approval: 'none' } },
    { id: 'news', position: 3, state: { name: 'news', audience: 'broadcast', approval: 'none' } },
  ],
};
const view = {
  all: (kind: string) => kinds[kind],
  get: (kind: string, id: string) => kinds[kind]?.find((one) => one.id === id),
} as unknown as ConfigView;

let log: LogDatabase;
let operations: Operations;
let ports: WorkPorts;
let offset = 0;
let sent: Errand[] = [];
let audited: OperationEvent[] = [];
beforeEach(async () => {
  log = await openLog();
  await log.owned('callback', callbacks);
  operations = new Operations(log.dataSource, view, new Notices(log.dataSource), producer, new PayloadReads());
  ports = { producer, writer: log.writer, view, notices: new Notices(log.dataSource), shares: new TenantShares() };
  sent = [];
  audited = [];
  state.limits.perSecond = 40;
  filter.now = null;
});
afterEach(() => log.drop());

const producer = {
  send: async (_topic: unknown, { headers }: OutboundRecord): Promise<void> => void sent.push(Errand.parse(JSON.parse(String(headers?.[ERRAND_HEADER])))),
  sendJson: async (_topic: unknown, _key: string, event: unknown): Promise<void> => void audited.push(OperationEvent.parse(event)),
};

const minutesAgo = (minutes: number): number => Date.now() - minutes * 60_000;
const since = new Date(minutesAgo(60 * 24)).toISOString();

async function publish(ceId: string, { at = minutesAgo(30), type = 'invoice.paid', tenant = 'acme', subject = 'x' } = {}): Promise<void> {
  const event = readEvent({ ce_specversion: '1.0', ce_subject: subject, ce_id: ceId, ce_source: '/orders', ce_type: type, ce_tenant: tenant }, Buffer.from('{}'));
  if ('reason' in event) throw new Error(event.detail);
  await log.writer.writeEvents([{ event, record: inbound('{}', { timestamp: at, offset: String(offset++) }) }]);
}
const dead: Partial<Attempted> = { next: { step: 'dead' } };
async function deliver(ceId: string, over: Partial<Attempted>, { at = minutesAgo(30), callback = 'cb_1', tenant = 'acme', number = 1, subscription = 'sub_1' } = {}): Promise<string> {
  await publish(ceId, { at, tenant });
  const of = ofDelivery({ ceId, eventAt: at, callback, tenant, subscription });
  await log.writer.writeFacts([placed(attempted(of, number, over), offset++)]);
  return of.delivery;
}
const lost: Selection = { of: 'lost', callback: 'cb_1', since, until: null };
const recover = (over: Partial<Parameters<Operations['begin']>[0]> = {}) =>
  operations.begin({ kind: 'recover', selection: lost, caller: acme, callback: 'cb_1', dryRun: false, ...over });
const replay = (select: unknown, caller = acme, dryRun = false) =>
  operations.begin({ kind: 'replay', selection: Replay.parse({ select }).select, caller, callback: null, dryRun });
/** Moves the clock on by a minute for each batch. */
async function workAll(): Promise<void> {
  for (let now = Date.now() + 60_000; (await workOff(log.dataSource, ports, now)) !== null; now += 60_000);
}

describe('recovering a callback', () => {
  it('sends what has failed since then, oldest first, with the same ids, the next attempt number, no retries, its reason and who asked', async () => {
    const [second, first] = [await deliver('b', dead, { at: minutesAgo(20) }), await deliver('a', dead, { at: minutesAgo(25) })];
    await deliver('fine', succeeded);
    await deliver('pending', {});
    await deliver('before', dead, { at: minutesAgo(60 * 25) });
    await deliver('elsewhere', dead, { callback: 'cb_2', tenant: 'globex' });
    expect(await recover({ dryRun: true })).toMatchObject({ count: 2 });
    const { count, operation = '' } = await recover();
    expect(count).toBe(2);
    await workAll();
    expect(sent.map(({ subscriptions, ...errand }) => ({ ...errand, subscriptions }))).toMatchObject([
      { number: 2, reason: 'recover', retriesUsed: null, requestedBy: 'key_acme', position: 7, subscriptions: ['sub_1'], event: expect.any(String) },
      { number: 2 },
    ]);
    expect(sent.map(({ eventAt }) => eventAt)).toEqual(sent.map(({ eventAt }) => eventAt).toSorted((a, b) => a - b));
    expect(first).not.toBe(second);
    expect(await operations.find(operation, acme)).toMatchObject({ state: 'done', total: 2, sent: 2 });
  });

  it('sends at half the limit of the callback, with any number of replicas', async () => {
    for (let i = 0; i < 45; i++) await deliver(`n-${i}`, dead);
    await recover();
    const start = Date.now() + 1;
    for (let ms = 0; ms < 1_000; ms += 50) await Promise.all([1, 2].map(() => workOff(log.dataSource, ports, start + ms)));
    expect(sent).toHaveLength(20);
    expect(new Set(sent.map(({ event }) => event)).size).toBe(20);
  });

  it('goes on with the same errands after a crash in the middle of a batch, and skips deliveries that have changed meanwhile', async () => {
    state.limits.perSecond = 400;
    for (let i = 0; i < 5; i++) await deliver(`n-${i}`, dead, { at: minutesAgo(30 - i) });
    const { operation = '' } = await recover();
    const crashing = {
      ...producer,
      send: (topic: unknown, record: OutboundRecord) => (sent.length === 3 ? Promise.reject(new Error('crash')) : producer.send(topic, record)),
    };
    await expect(workOff(log.dataSource, { ...ports, producer: crashing }, Date.now() + 1)).rejects.toThrow('crash');
    const before = sent.splice(0);
    // One of them has been delivered meanwhile.
    await deliver('n-0', { ...succeeded, at: Date.now() + 1_000 }, { at: before[0]?.eventAt ?? 0, number: 2 });
    await workAll();
    expect(sent.map(({ event }) => event)).not.toContain(before[0]?.event);
    const keyOf = ({ event, number, hop, reason }: Errand): string => `${event}:${number}:${hop}:${reason}`;
    expect(sent.map(keyOf)).toEqual(expect.arrayContaining(before.slice(1).map(keyOf)));
    expect(await operations.find(operation, acme)).toMatchObject({ state: 'done', total: 5, sent: 4 });
  });

  it('can be paused, resumed and canceled by whoever may see it, and by nobody else', async () => {
    state.limits.perSecond = 400;
    for (let i = 0; i < 45; i++) await deliver(`n-${i}`, dead);
    const { operation = '' } = await recover();
    const work = (): Promise<number | null> => workOff(log.dataSource, ports, Date.now() + 3_600_000);
    expect(await work()).toBe(200 / 20);
    await operations.move(operation, 'pause', acme);
    expect(await work()).toBeNull();
    await operations.move(operation, 'resume', acme);
    expect(await work()).toBe(10);
    await operations.move(operation, 'cancel', acme);
    expect(await work()).toBeNull();
    await expect(operations.move(operation, 'resume', acme)).rejects.toMatchObject({ code: 'illegal-move' });
    await expect(operations.find(operation, globex)).rejects.toMatchObject({ code: 'not-found' });
    expect((await operations.list(globex, { limit: 10 })).items).toEqual([]);
    expect((await operations.list({ ...acme, groups: ['x'] }, { limit: 10 })).items).toHaveLength(1);
  });
});

describe('operations', () => {
  it("are shown to, and ended by, only those who reach everything they are about: a consumer could cancel an owner's for other groups", async () => {
    await log.dataSource.query(`UPDATE log.owners SET groups = '{billing}' WHERE id = 'cb_1'`);
    await deliver('a', dead);
    const owner: Principal = { ...acme, id: 'key_owner', role: 'owner' };
    const [billing, sales, both] = [['billing'], ['sales'], ['billing', 'sales']].map((groups): Principal => ({ ...acme, id: `key_${groups.join()}`, groups })) as [Principal, Principal, Principal];
    const begun = async (caller: Principal, callback: string | null): Promise<string> => (await recover({ caller, callback, perSecond: 1 })).operation ?? '';
    const [ofOne, ofTenant, ofBoth] = [await begun(owner, 'cb_1'), await begun(owner, null), await begun(both, null)];
    const seen = async (caller: Principal): Promise<string[]> => (await operations.list(caller, { limit: 10 })).items.map(({ id }) => id).sort();
    expect(await seen(owner)).toEqual([ofOne, ofTenant, ofBoth].sort());
    expect(await seen({ ...owner, id: 'key_viewer', role: 'viewer' })).toEqual([ofOne, ofTenant, ofBoth].sort());
    expect(await seen(both)).toEqual([ofOne, ofBoth].sort());
    expect(await seen(billing)).toEqual([ofOne]);
    expect(await seen(sales)).toEqual([]);
    for (const operation of [ofOne, ofTenant, ofBoth]) await expect(operations.move(operation, 'cancel', sales)).rejects.toMatchObject({ code: 'not-found' });
    expect(audited.map(({ operation, groups }) => [operation, groups])).toEqual([[ofOne, []], [ofTenant, ['']], [ofBoth, ['billing', 'sales']]]);
  });

  it('take turns between tenants: an operation with few deliveries waited until one with thousands was done', async () => {
    state.limits.perSecond = 2_000;
    for (let i = 0; i < 300; i++) await deliver(`a-${i}`, dead);
    for (let i = 0; i < 3; i++) await deliver(`g-${i}`, dead, { callback: 'cb_2', tenant: 'globex', subscription: 'sub_2' });
    await recover();
    const start = Date.now() + 3_600_000;
    expect(await workOff(log.dataSource, ports, start)).toBe(50);
    const { operation = '' } = await operations.begin({ kind: 'recover', selection: { ...lost, callback: 'cb_2' }, caller: globex, callback: 'cb_2', dryRun: false });
    for (let n = 0; n < 2; n++) await workOff(log.dataSource, ports, start);
    expect(await operations.find(operation, globex)).toMatchObject({ state: 'done', sent: 3 });
  });

  it('of one tenant send 1,000 deliveries a second together, however many operations there are: each of 26 went at its own rate', async () => {
    for (let i = 0; i < 30; i++) await deliver(`s-${i}`, dead);
    for (let n = 0; n < 50; n++) await recover({ callback: null, perSecond: 1_000 });
    const start = Date.now() + 3_600_000;
    const until = async (at: number): Promise<number> => {
      for (let all = 0; ; ) {
        const worked = await workOff(log.dataSource, ports, at);
        if (worked === null) return all;
        all += worked;
      }
    };
    // The budget is a second's worth, plus what was earned since the batch began.
    expect(await until(start)).toBe(1_020);
    expect(await until(start + 10)).toBe(0);
    expect(await until(start + 200)).toBe(210);
    await recover({ caller: globex, selection: { ...lost, callback: 'cb_2' }, callback: 'cb_2' });
    expect(await workOff(log.dataSource, ports, start + 200)).toBe(0);
    expect(await workOff(log.dataSource, ports, start + 200)).toBeNull();
  });

  it('of a person run as long as a token says that they may, and pause when it ends or a later token says less: their role was never checked again', async () => {
    const zoe: Principal = { ...acme, id: 'oidc:zoe', groups: ['billing'], until: Date.now() + 30_000 };
    const later = { ...zoe, until: Date.now() + 86_400_000 };
    const admin: Principal = { ...acme, id: 'key_admin', role: 'admin', tenant: null };
    await deliver('dead', dead);
    const { operation = '' } = await recover({ caller: zoe });
    const state = async (): Promise<unknown> => (await operations.find(operation, admin)).state;
    await workAll();
    expect(await operations.find(operation, admin)).toMatchObject({ state: 'paused', reason: expect.stringContaining('oidc:zoe'), sent: 0 });

    await operations.move(operation, 'resume', later);
    await operations.list({ ...later, role: 'viewer' }, { limit: 10 });
    await workAll();
    expect(await state()).toBe('paused');

    await operations.move(operation, 'resume', { ...zoe, until: Date.now() + 30_000 });
    await operations.find(operation, { ...later, groups: ['billing', 'sales'] });
    await workAll();
    expect(await operations.find(operation, admin)).toMatchObject({ state: 'done', sent: 1 });
  });

  it('pause when the key that asked for them is revoked, and say so; whoever resumes them takes responsibility', async () => {
    for (let i = 0; i < 5; i++) await deliver(`n-${i}`, dead);
    const { operation = '' } = await recover({ caller: { ...acme, id: 'key_revoked' } });
    await workAll();
    expect(sent).toEqual([]);
    expect(await operations.find(operation, acme)).toMatchObject({ state: 'paused', reason: expect.stringContaining('key_revoked'), reason_code: 'key-revoked', sent: 0 });
    await operations.move(operation, 'resume', acme);
    await workAll();
    expect(sent).toHaveLength(5);
    expect(await operations.find(operation, acme)).toMatchObject({ state: 'done', reason: null, reason_code: null });
  });

  it('pause when the key that made their portal session is revoked, or may no longer make it', async () => {
    const session: Principal = { ...acme, id: 'portal:zoe' };
    await deliver('dead', dead);
    for (const [madeBy, groups] of [['key_revoked', []], ['key_globex', []], ['key_acme', ['billing']]] as const) {
      const { operation = '' } = await recover({ caller: { ...session, madeBy, groups: [...groups] } });
      await workAll();
      expect(await operations.find(operation, { ...acme, groups: ['billing'] })).toMatchObject({ state: 'paused', reason: expect.stringContaining(madeBy), sent: 0 });
    }
    const { operation = '' } = await recover({ caller: { ...session, madeBy: 'key_acme' } });
    await workAll();
    expect(await operations.find(operation, acme)).toMatchObject({ state: 'done', sent: 1 });
  });

  it('say before they begin how many deliveries go to which callback, how long that takes, and which come first', async () => {
    for (let i = 0; i < 25; i++) await deliver(`n-${i}`, dead, { at: minutesAgo(60 - i) });
    const begun = await recover({ dryRun: true, perSecond: 5 });
    expect(showBegun(begun, true)).toMatchObject({ count: 25, seconds: 5, perSecond: 5, byCallback: [{ callback: 'cb_1', count: 25, seconds: 5 }] });
    const { sample } = showBegun(begun, true);
    expect(sample?.map(({ ceId }) => ceId)).toEqual(Array.from({ length: 10 }, (_, i) => `n-${i}`));
  });

  it('bring forward a waiting delivery with its number and plan, in place of the record that waits', async () => {
    const of = ofDelivery({ ceId: 'waits', eventAt: minutesAgo(30) });
    await deliver('waits', { next: { step: 'later', notBefore: Date.now() + 86_400_000, retriesUsed: 3 } }, { at: of.eventAt, number: 3 });
    await operations.begin({ kind: 'send-now', selection: { of: 'deliveries', filters: { callback: ['cb_1'] } }, caller: acme, callback: 'cb_1', dryRun: false });
    await workAll();
    expect(sent).toMatchObject([{ number: 4, reason: 'retry', retriesUsed: 3, requestedBy: 'key_acme', insteadOf: { hop: 0, notBefore: expect.any(Number) } }]);
    expect(sent[0]!.hop).toBeGreaterThan(1);
    const [fact] = await log.dataSource.query<{ fact: string; reason: string; requested_by: string }[]>(`SELECT fact, reason, requested_by FROM log.facts WHERE delivery = $1`, [of.delivery]);
    expect(fact).toEqual({ fact: 'asked', reason: 'send-now', requested_by: 'key_acme' });
  });

  it('say what became of the deliveries they sent again, each of its own, whatever is read twice or late, and however else it was sent since', async () => {
    state.limits.perSecond = 2_000;
    const ids = ['a', 'b', 'c', 'd', 'e'];
    for (const ceId of ids) await deliver(ceId, dead);
    const { operation = '' } = await recover();
    await workAll();
    const outcome = async (of: string): Promise<object> => showOperation(await operations.find(of, acme)).outcome;
    const none = { pending: 0, delivered: 0, failed: 0, parked: 0, held: 0, canceled: 0, skipped: 0, expired: 0, dropped: 0, open: 0 };
    expect(await outcome(operation)).toEqual({ ...none, open: 5 });
    const about = ids.map((ceId, n) => ({ ...ofDelivery({ ceId, eventAt: sent[n]?.eventAt ?? 0 }), operation: sent[n]?.operation }));
    const [a, b, c, d, e] = about as [(typeof about)[0], (typeof about)[0], (typeof about)[0], (typeof about)[0], (typeof about)[0]];
    const facts: DeliveryFact[] = [
      attempted(a, 2, succeeded),
      { fact: 'held', ...a, at: a.at + 1, number: 2, reason: 'busy' },
      attempted(b, 2, dead),
      { fact: 'held', ...c, at: c.at + 1, number: 2, reason: 'busy' },
      { fact: 'parked', ...d, at: d.at + 1, number: 2, reason: 'blocked', position: 7 },
    ];
    const write = (...some: DeliveryFact[]) => Promise.all(some.map((fact) => log.writer.writeFacts([placed(fact, offset++)])));
    await log.writer.writeFacts(facts.map((fact) => placed(fact, offset++)));
    await write(...facts.toReversed(), ...facts);
    expect(await outcome(operation)).toEqual({ ...none, delivered: 1, failed: 1, held: 1, parked: 1, open: 1 });
    // A resend by hand does not count for the operation.
    await write(attempted(b, 3, { ...succeeded, operation: undefined }), attempted(c, 2, succeeded));
    expect(await outcome(operation)).toEqual({ ...none, delivered: 2, failed: 1, parked: 1, open: 1 });
    expect((await operations.list(acme, { limit: 10 })).items.map(showOperation)).toMatchObject([{ outcome: { delivered: 2, open: 1 } }]);
    // Another attempt was ahead of it. That settles what is open, and leaves the other results as they are.
    await Promise.all([a, b, c, d, e].map((of) => log.writer.writeFacts([placed({ fact: 'dropped', ...of, number: 2, reason: 'another attempt was ahead of it' }, offset++)])));
    expect(await outcome(operation)).toEqual({ ...none, delivered: 2, failed: 1, parked: 1, dropped: 1 });
    // A parked delivery that is released still belongs to the operation.
    expect(await releaseParked(log.dataSource, { ...ports }, 'sub_1', 9)).toBe(1);
    expect(sent.at(-1)).toMatchObject({ reason: 'unblock', operation });
    // The second copy of a released delivery was dropped. Whichever fact is read first, the attempt wins.
    await write({ fact: 'held', ...d, at: d.at + 2, number: 2, reason: 'busy' });
    expect(await outcome(operation)).toMatchObject({ parked: 0, held: 0, dropped: 2 });
    await write(attempted(d, 2, succeeded), attempted(e, 2, dead));
    expect(await outcome(operation)).toEqual({ ...none, delivered: 3, failed: 2 });
  });

  it('are in the audit log with their selection, who asked and the result, one record per change', async () => {
    for (let i = 0; i < 15; i++) await deliver(`n-${i}`, dead);
    const { operation = '' } = await recover({ perSecond: 200 });
    await workOff(log.dataSource, ports, Date.now() + 1);
    for (const move of ['pause', 'resume'] as const) await operations.move(operation, move, { ...acme, id: 'key_other' });
    await workAll();
    const about = { operation, tenant: 'acme', groups: [] };
    expect(audited).toMatchObject([
      { ...about, version: 1, type: 'begun', actor: 'key_acme', data: { requestedBy: 'key_acme', kind: 'recover', selection: lost, callback: 'cb_1', count: 15, perSecond: 200 } },
      { ...about, version: 2, type: 'paused', actor: 'key_other', data: { sent: 10 } },
      { ...about, version: 3, type: 'resumed', actor: 'key_other' },
      { ...about, version: 4, type: 'finished', actor: 'nuncio', data: { requestedBy: 'key_acme', sent: 15, outcome: { open: 15 } } },
    ]);
    await deliver('more', dead);
    await recover({ caller: { ...acme, id: 'key_revoked' } });
    await workAll();
    expect(audited.at(-1)).toMatchObject({ type: 'paused', actor: 'nuncio', data: { reason: expect.stringContaining('key_revoked') } });
  });

  it('cancel what waits, and nothing that has ended', async () => {
    await deliver('waits', {});
    await deliver('lost', dead);
    await operations.begin({ kind: 'cancel', selection: { of: 'deliveries', filters: { tenant: ['acme'] } }, caller: acme, callback: null, dryRun: false });
    await workAll();
    expect(sent).toMatchObject([{ number: 2, cancel: true, requestedBy: 'key_acme' }]);
  });
});

describe('replaying', () => {
  it('accept the filters of deliveries, within the reach of whoever asks', async () => {
    await deliver('mine', succeeded);
    await deliver('other', succeeded, { callback: 'cb_2', tenant: 'globex', subscription: 'sub_2' });
    expect(await replay({ status: 'delivered' }, acme, true)).toMatchObject({ count: 1 });
    expect(await replay({ status: 'delivered' }, { ...acme, role: 'admin', tenant: null }, true)).toMatchObject({ count: 2 });
    expect(await replay({ tenant: ['globex'] }, acme, true)).toMatchObject({ count: 0 });
    await replay({ callback: 'cb_1', status: ['delivered', 'failed'] }, { ...acme, id: 'key_other' });
    await workAll();
    expect(sent).toMatchObject([{ number: 2, reason: 'replay' }]);
  });

  it('send events to a subscription that has not had them, but none that is not addressed to its tenant', async () => {
    await publish('new');
    await publish('for both', { tenant: 'globex, acme' });
    await publish('for globex', { tenant: 'globex' });
    await publish('for all', { type: 'news', tenant: 'globex' });
    await publish('not subscribed', { type: 'other' });
    await deliver('had', succeeded);
    await deliver('in work', {});
    expect(await replay({ events: { since }, subscription: 'sub_1' }, acme, true)).toMatchObject({ count: 4 });
    expect(await replay({ events: { ceId: ['new', 'had'] }, subscription: 'sub_1' })).toMatchObject({ count: 2 });
    await workAll();
    expect(sent.map(({ number, reason }) => ({ number, reason })).toSorted((a, b) => a.number - b.number)).toEqual([
      { number: 1, reason: 'replay' },
      { number: 2, reason: 'replay' },
    ]);
  });

  it('send a tenant its own record of an event, even if an earlier one of the same id was for another: what globex had first, acme could not replay', async () => {
    const [first, second, third] = [minutesAgo(30), minutesAgo(20), minutesAgo(10)];
    await publish('twice', { tenant: 'globex', at: first });
    await publish('twice', { at: second });
    await publish('twice', { at: third });
    await publish('had', { at: first });
    await deliver('had', succeeded, { at: second });
    expect(await replay({ events: { since }, subscription: 'sub_1' }, acme, true)).toMatchObject({ count: 2 });
    await replay({ events: { since }, subscription: 'sub_1' });
    await workAll();
    expect(sent.map(({ number, eventAt }) => [number, eventAt]).toSorted()).toEqual([
      [1, second],
      [2, second],
    ]);
  });

  it('check the present configuration: events that the filter refuses now were counted and delivered', async () => {
    filter.now = { prefix: { subject: 'eu/' } };
    await publish('eu', { subject: 'eu/1' });
    await publish('us', { subject: 'us/1' });
    await deliver('was sent', succeeded);
    const begun = await replay({ events: { since }, subscription: 'sub_1' }, acme, true);
    expect(begun).toMatchObject({ count: 1, sample: [{ ce_id: 'eu' }] });
    expect(await replay({ subscription: 'sub_1' }, acme, true)).toMatchObject({ count: 0 });
    await replay({ events: { since }, subscription: 'sub_1' });
    await workAll();
    expect(sent).toHaveLength(1);
  });

  it('select by the labels of callbacks, and by what a state is not', async () => {
    await deliver('lost', dead);
    await deliver('fine', succeeded);
    await deliver('elsewhere', dead, { callback: 'cb_2', tenant: 'globex', subscription: 'sub_2' });
    const admin: Principal = { ...acme, id: 'key_admin', role: 'admin', tenant: null };
    const count = async (select: unknown) => (await replay(select, admin, true)).count;
    expect(await count({ label: { env: 'prod' } })).toBe(2);
    expect(await count({ label: { env: ['prod', 'test'] }, status: ['!delivered'] })).toBe(2);
    expect(await count({ label: { env: 'test' }, status: ['!failed'] })).toBe(0);
  });

  it('refuse a selection that selects nothing or two things', () => {
    const faults = (select: unknown) => Replay.safeParse({ select }).error?.issues.map(({ path }) => path.join('.'));
    expect(faults({})).toEqual(['select']);
    expect(faults({ events: {}, subscription: 'sub_1' })).toEqual(['select.events']);
    expect(faults({ events: { since } })).toEqual(['select.subscription']);
    expect(faults({ events: { since }, subscription: 'sub_1', status: 'failed' })).toEqual(['select.status']);
    expect(faults({ state: 'failed' })).toContain('select');
    expect(faults({ status: ['failed', 'pending'] })).toEqual(['select.status']);
    expect(faults({ status: ['!delivered', '!skipped'], label: { env: ['prod'] } })).toBeUndefined();
    expect(faults({ label: { '': 'prod' } })).toEqual(['select.label.']);
  });
});
