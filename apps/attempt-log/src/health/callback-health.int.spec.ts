import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Attempted, Principal } from '@nuncio/contracts';
import type { ConfigView } from '@nuncio/kafka';
import { attempted, ofDelivery, placed, succeeded } from '../testing/facts.js';
import { openLog, type LogDatabase } from '../testing/log-database.js';
import { CallbackState } from './callback-health.js';
import { CallbackHealthController } from './callback-health.controller.js';
import { waitingOf } from '../query/statistics/backlog.js';
import { CredentialHealthController } from './credential-health.controller.js';
import { triesOf } from './tries.js';

const admin: Principal = { id: 'key_admin', role: 'admin', tenant: null, groups: [] };
const sales: Principal = { id: 'key_sales', role: 'consumer', tenant: 'acme', groups: ['sales'] };
const now = Date.now();

const settings = { tenant: 'acme', application: 'app_1', groups: ['billing'], name: 'ledger', enabled: true, disabledReason: null, limits: { concurrency: 10, perSecond: null }, authentication: { type: 'none' }, url: 'https://hooks.acme.com/in', secretHeaders: {}, secretsAt: {} };
const callbacks = ['fresh', 'well', 'ill', 'mended', 'off'].map((name, n) => ({
  kind: 'callback',
  id: `cb_${n}_${name}`,
  position: n,
  version: 1,
  at: now - 1_000,
  state: {
    ...settings,
    ...(name === 'off' && { enabled: false, disabledReason: 'gone' }),
    signing: { scheme: 'standard', secrets: [{ expiresAt: null }, { expiresAt: now + 60_000 }, { expiresAt: now - 60_000 }] },
    ...(name === 'well' && { secretHeaders: { 'X-Old': 's1.a', 'X-Gate': 's1.b' }, secretsAt: { signing: now - 5_000, 'secretHeaders.X-Gate': now - 4_000 } }),
    ...(name === 'ill' && { authentication: { type: 'oauth2', credential: 'cred_1' } }),
  },
}));
const credentials = ['https://idp.example/token', 'https://other.example/token'].map((tokenUrl, n) => ({ kind: 'credential', id: `cred_${n}`, position: 1, version: 1, at: now, state: { tenant: 'acme', groups: [], name: `c${n}`, tokenUrl, issuer: null, clientSecret: n ? null : 's1.a', clientSecretExpiresAt: n ? null : new Date(now + 60_000).toISOString(), clientCertificate: n ? { notAfter: new Date(now + 90_000).toISOString() } : null, secretsAt: n ? {} : { clientSecret: now - 3_000 } } }));
const all = { callback: callbacks, credential: credentials };
const view = { all: (kind: keyof typeof all) => all[kind], get: (kind: keyof typeof all, id: string) => all[kind].find((one) => one.id === id) } as unknown as ConfigView;
const [fresh = '', well = '', ill = '', mended = '', off = ''] = callbacks.map(({ id }) => id);

let log: LogDatabase;
let health: CallbackHealthController;

beforeAll(async () => {
  log = await openLog();
  health = new CallbackHealthController(log.dataSource, view, { loadOf: (id) => (id === well ? { inFlight: 3, queued: 1 } : null) });
  const minutes = (n: number): number => now - n * 60_000;
  const at = (callback: string, ago: number, over: Partial<Attempted> = {}) =>
    placed(attempted(ofDelivery({ ceId: `${callback}-${ago}`, eventAt: minutes(ago), callback }), 1, { startedAt: minutes(ago), ...over }), ago);
  const dead = { next: { step: 'dead' } } as const;
  await log.writer.writeFacts([
    ...[50, 40].map((ago) => at(well, ago, succeeded)),
    at(ill, 60, dead),
    at(ill, 55, succeeded),
    ...[30, 20, 10].map((ago) => at(ill, ago, ago === 10 ? {} : dead)),
    at(mended, 30, dead),
    ...[20, 10].map((ago) => at(mended, ago, succeeded)),
    at(off, 5, dead),
    placed({ fact: 'parked', ...ofDelivery({ ceId: 'parked', callback: ill, eventAt: minutes(3) }), position: 1, number: 1, reason: 'blocked' }, 3),
  ]);
});
afterAll(() => log.drop());

const one = (id: string) => health.health(admin, id);

describe('the health of a callback', () => {
  it('says when the certificate of its endpoint expires, and how old its secrets are', async () => {
    await log.dataSource.query(`INSERT INTO log.certificates VALUES ($1, $2, $3)`, [well, new Date(now + 86_400_000), new Date(now - 1_000)]);
    expect(await one(well)).toMatchObject({
      certificate: { expiresAt: new Date(now + 86_400_000), seenAt: new Date(now - 1_000) },
      signing: { secretAt: new Date(now - 5_000) },
      secretHeaders: { 'X-Old': null, 'X-Gate': new Date(now - 4_000) },
    });
    expect(await one(fresh)).toMatchObject({ certificate: null, signing: { secretAt: null }, secretHeaders: {} });
    const ofCredentials = new CredentialHealthController(log.dataSource, view);
    expect(await ofCredentials.health(admin, 'cred_0')).toMatchObject({ clientSecret: { givenAt: new Date(now - 3_000), expiresAt: new Date(now + 60_000).toISOString() }, clientCertificate: null });
    expect(await ofCredentials.health(admin, 'cred_1')).toMatchObject({ clientSecret: null, clientCertificate: { expiresAt: new Date(now + 90_000).toISOString() } });
  });

  it('follows its last attempt, and says since when the outcome has been the same', async () => {
    const shown = async (id: string) => {
      const { state, since, consecutiveFailures } = await one(id);
      return [state, since && Math.round((now - since.getTime()) / 60_000), consecutiveFailures];
    };
    expect(await Promise.all([fresh, well, ill, mended].map(shown))).toEqual([['unknown', null, 0], ['working', 50, 0], ['failing', 30, 3], ['working', 20, 0]]);
    expect(await one(off)).toMatchObject({ state: 'disabled', since: new Date(now - 1_000), disabledReason: 'gone' });
  });

  it('has the last success, the last failure with advice, and what waits', async () => {
    expect(await one(ill)).toMatchObject({
      lastSuccess: { at: new Date(now - 55 * 60_000), durationMs: 41 },
      lastFailure: { at: new Date(now - 10 * 60_000), errorClass: 'http', status: 503, advice: expect.stringMatching(/^503: the endpoint is overloaded .*`recover`/) },
      waiting: { pending: { count: 1, exact: true }, held: { count: 0, oldestAt: null }, parked: { count: 1, oldestAt: new Date(now - 3 * 60_000) } },
      limits: { concurrency: 10, perSecond: null },
      signing: { scheme: 'standard', secrets: 2, oldExpiresAt: new Date(now + 60_000) },
      token: { credential: 'cred_1', state: 'unknown', expiresAt: null },
    });
    expect(await one(fresh)).toMatchObject({ lastSuccess: null, lastFailure: null, token: null, inFlight: null, queued: null });
    expect(await one(well)).toMatchObject({ inFlight: 3, queued: 1 });
  });

  it('is shown only to those who reach the callback', async () => {
    await expect(health.health(sales, ill)).rejects.toMatchObject({ code: 'not-found' });
    expect(await health.list(sales, { limit: 50 })).toEqual({ items: [], next: null });
  });

  it('is listed in pages, newest first, and by state; no callback is missing or repeated', async () => {
    const pages = async (given: Omit<Parameters<typeof health.list>[1], 'limit' | 'cursor'>, limit: number): Promise<string[]> => {
      const ids: string[] = [];
      let cursor: string | undefined;
      do {
        const { items, next } = await health.list(admin, { limit, cursor, ...given });
        ids.push(...items.map(({ callback }) => callback));
        cursor = next ?? undefined;
      } while (cursor);
      return ids;
    };
    for (const limit of [1, 2, 5, 50]) {
      expect(await pages({}, limit)).toEqual([off, mended, ill, well, fresh]);
      expect(await pages({ state: ['working'] }, limit)).toEqual([mended, well]);
      expect(await pages({ state: ['failing'] }, limit)).toEqual([ill]);
      expect(await pages({ state: ['!failing'] }, limit)).toEqual(await pages({ state: CallbackState.options.filter((state) => state !== 'failing') }, limit));
    }
  });
});

/** The number of statements that a call makes. */
async function statements(call: (dataSource: LogDatabase['dataSource']) => Promise<unknown>): Promise<number> {
  let made = 0;
  const counting = new Proxy(log.dataSource, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (...given: unknown[]): unknown => {
        made++;
        return Reflect.apply(value, target, given);
      };
    },
  });
  await call(counting);
  return made;
}

describe('a page of health', () => {
  const many = <T extends { id: string }>(one: T | undefined): T[] => Array.from({ length: 100 }, (_, n) => ({ ...one!, id: `${one!.id}_${n}` }));
  const page = { callback: [...callbacks, ...many(callbacks[2])], credential: [...credentials, ...many(credentials[0])] };
  const wide = { all: (kind: keyof typeof page) => page[kind], get: (kind: keyof typeof page, id: string) => (page[kind] as { id: string }[]).find((one) => one.id === id) } as unknown as ConfigView;
  const load = { loadOf: () => null };

  it('takes no more statements for a hundred resources than for one', async () => {
    const ofCallbacks = (given: { id?: string[]; limit: number }) => statements((dataSource) => new CallbackHealthController(dataSource, wide, load).list(admin, given));
    expect(await ofCallbacks({ limit: 100 })).toBe(await ofCallbacks({ id: [ill], limit: 1 }));
    const ofCredentials = (given: { id?: string[]; limit: number }) => statements((dataSource) => new CredentialHealthController(dataSource, wide).list(admin, given));
    expect(await ofCredentials({ limit: 100 })).toBe(await ofCredentials({ id: ['cred_0'], limit: 1 }));
    expect(await ofCallbacks({ limit: 100 })).toBeLessThanOrEqual(5);
  });

  it('shows those that are asked for by id, once each, and leaves out what does not exist or is not reached', async () => {
    const controller = new CallbackHealthController(log.dataSource, wide, load);
    const asked = { id: [well, ill, ill, 'cb_nothing'], limit: 50 };
    expect((await controller.list(admin, asked)).items).toEqual([await one(ill), { ...(await one(well)), inFlight: null, queued: null }]);
    expect(await controller.list(sales, asked)).toEqual({ items: [], next: null });
    expect(await controller.list(admin, { id: ['cb_nothing'], limit: 50 })).toEqual({ items: [], next: null });
    expect((await new CredentialHealthController(log.dataSource, wide).list(admin, { id: ['cred_1'], limit: 50 })).items.map(({ credential }) => credential)).toEqual(['cred_1']);
  });

  it('counts what waits one by one up to a bound, and by the minutes beyond it', async () => {
    const wait = (callback: string, n: number) => log.dataSource.query(
      `INSERT INTO log.deliveries (id, event_id, ce_id, ce_source, tenant, application, callback, subscription, event_type, event_at, status, attempts, updated_at, fact_offset)
       SELECT $1 || g, 'evt_' || g, g, '/shop', 'acme', 'app_1', $1, 'sub_1', 'invoice.paid', $3::timestamptz - g * interval '1 millisecond', 'pending', 0, now(), 1 FROM generate_series(1, $2::int) g`, [callback, n, new Date(now - 60_000)]);
    await wait('cb_some', 10_000);
    await wait('cb_more', 10_001);
    const waiting = await waitingOf(log.dataSource, ['cb_some', 'cb_more']);
    expect(waiting('cb_some').pending).toEqual({ count: 10_000, exact: true, oldestAt: new Date(now - 70_000) });
    expect(waiting('cb_more').pending).toEqual({ count: 10_001, exact: false, oldestAt: new Date(now - 70_001) });
    expect(waiting('cb_more').parked).toEqual({ count: 0, exact: true, oldestAt: null });
  });

  it('counts failures in whole minutes and at both ends', async () => {
    const minute = Math.floor(now / 60_000) * 60_000 - 300_000;
    const failed = [0, 20_000, 59_999, 60_000, 119_999, 150_000].map((after, n) => placed(attempted(ofDelivery({ ceId: `series-${n}`, eventAt: minute, callback: 'cb_series' }), 1, { startedAt: minute + after, next: { step: 'dead' } }), 900 + n));
    await log.writer.writeFacts(failed);
    const tries = async () => (await triesOf(log.dataSource, ['cb_series']))('cb_series');
    expect(await tries()).toMatchObject({ isFailing: true, failures: 6, since: new Date(minute) });
    await log.writer.writeFacts([placed(attempted(ofDelivery({ ceId: 'series-success', eventAt: minute, callback: 'cb_series' }), 1, { startedAt: minute + 10_000, ...succeeded }), 950)]);
    expect(await tries()).toMatchObject({ isFailing: true, failures: 5, since: new Date(minute + 20_000) });
  });
});

describe('the health of credentials', () => {
  it('is listed in pages, by host and state', async () => {
    const controller = new CredentialHealthController(log.dataSource, view);
    const listed = async (given: object) => (await controller.list(admin, { limit: 50, ...given })).items.map(({ credential, host }) => [credential, host]);
    expect(await listed({})).toEqual([['cred_1', 'other.example'], ['cred_0', 'idp.example']]);
    expect(await listed({ host: 'idp.example' })).toEqual([['cred_0', 'idp.example']]);
    expect(await listed({ state: ['failing'] })).toEqual([]);
  });
});
