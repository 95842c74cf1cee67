import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Attempted, Principal } from '@nuncio/contracts';
import type { ConfigView } from '@nuncio/kafka';
import { attempted, ofDelivery, placed, succeeded } from '../testing/facts.js';
import { openLog, type LogDatabase } from '../testing/log-database.js';
import { CallbackHealthController } from './callback-health.controller.js';
import { CredentialHealthController } from './credential-health.controller.js';

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
      lastFailure: { at: new Date(now - 10 * 60_000), errorClass: 'http', status: 503, advice: expect.stringMatching(/its own log says why/) },
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
    const pages = async (given: { state?: ('working' | 'failing')[] }, limit: number): Promise<string[]> => {
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
    }
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
