import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Principal, TokenEvent } from '@nuncio/contracts';
import type { ConfigView, RecordBatch } from '@nuncio/kafka';
import { spreadOf } from '@nuncio/auth';
import { attempted, inbound, ofDelivery, placed, succeeded } from '../testing/facts.js';
import { openLog, type LogDatabase } from '../testing/log-database.js';
import { CredentialHealthController } from '../health/credential-health.controller.js';
import { SetAside } from '../set-aside/set-aside.js';
import { TokenEventsController } from './token-events.controller.js';
import { TokenEventsIngest } from './token-events-ingest.js';

const NOW = Date.now();
const admin: Principal = { id: 'key_admin', role: 'admin', tenant: null, groups: [] };
const fact = { tenant: 'acme', position: 10, generation: 1, at: NOW, reason: 'miss', durationMs: 12.5 };
const fetched = (credential: string, over: Partial<typeof fact> = {}): TokenEvent => ({
  event: 'fetched',
  credential,
  ...fact,
  expiresAt: NOW + 3_600_000,
  scope: 'a b',
  ...over,
});
const failed = (credential: string, over: Partial<typeof fact> = {}): TokenEvent => ({
  event: 'failed',
  credential,
  ...fact,
  tokenError: { class: 'http', httpStatus: 401, code: 'invalid_client', description: 'Invalid client credentials' },
  pausedUntil: NOW + 30_000,
  ...over,
});

let log: LogDatabase;
let offset = 0;
const quarantined: string[] = [];
beforeAll(async () => {
  log = await openLog();
});
afterAll(() => log.drop());

/** Takes values as one batch. Returns how many records are done. */
async function take(values: readonly (TokenEvent | string)[], from = offset): Promise<number> {
  const controller = new TokenEventsController(new TokenEventsIngest(log.writer, { read: () => Promise.resolve() }), {
    send: (_topic, { value }) => {
      quarantined.push(String(value));
      return Promise.resolve();
    },
  }, new SetAside(log.dataSource, log.writer));
  let done = 0;
  const records = values.map((value, i) =>
    inbound(typeof value === 'string' ? value : JSON.stringify(value), {
      topic: 'token.events',
      offset: String(from + i),
      done: () => {
        done += 1;
      },
    }),
  );
  offset = Math.max(offset, from + values.length);
  const { signal } = new AbortController();
  await controller.onTokenEvents({ topic: 'token.events', partition: 0, records, signal, lost: signal } satisfies RecordBatch);
  return done;
}

/** A credential of acme, group `billing`, last changed at position 10; two callbacks use it. */
function healthOf(id: string, caller = admin, position = 10) {
  const of = { tenant: 'acme', groups: ['billing'] };
  const callback = (name: string, groups: string[], credential = id) => ({
    id: `cb_${name}`,
    state: { tenant: 'acme', groups, name, enabled: true, authentication: { type: 'oauth2', credential } },
  });
  const view = {
    get: (_: string, asked: string) => (asked === id ? { id, position, state: of } : undefined),
    all: () => [callback('ledger', ['billing']), callback('secret', ['board']), callback('other', [], 'cred_other')],
  } as unknown as Pick<ConfigView, 'get' | 'all'>;
  return new CredentialHealthController(log.dataSource, view).health(caller, id);
}

it('shows the last success, the last failure with advice, the figures of a day, and the callbacks that use it', async () => {
  await take([fetched('cred_a'), failed('cred_a', { at: NOW + 1_000, generation: 2 }), fetched('cred_b')]);
  // One token request for two attempts, to callbacks that use it.
  await log.writer.writeFacts(['cb_ledger', 'cb_secret', 'cb_other'].map((callback, n) => placed(attempted(ofDelivery({ ceId: `n-${n}`, callback, eventAt: NOW }), 1, { ...succeeded, startedAt: NOW }), n)));
  expect(await healthOf('cred_a')).toEqual({
    host: null,
    tenant: 'acme',
    credential: 'cred_a',
    clientSecret: { givenAt: null, expiresAt: null },
    state: 'failing',
    expiresAt: new Date(NOW + 3_600_000),
    refreshAt: new Date(NOW + Math.floor(3_540_000 * (0.7 + 0.2 * spreadOf('cred_a', 1)))),
    generation: 1,
    attemptsToday: 2,
    lastSuccess: { at: new Date(NOW), durationMs: 12.5, expiresAt: new Date(NOW + 3_600_000), scope: 'a b' },
    lastFailure: {
      at: new Date(NOW + 1_000),
      durationMs: 12.5,
      tokenError: { class: 'http', httpStatus: 401, code: 'invalid_client', description: 'Invalid client credentials' },
      advice: expect.stringMatching(/^The server answers 401 invalid_client: check client id and secret/),
      adviceCode: 'token.client_refused',
      pausedUntil: new Date(NOW + 30_000),
    },
    requestsToday: { total: 2, failed: 1 },
    callbacks: [
      { id: 'cb_ledger', name: 'ledger', enabled: true },
      { id: 'cb_secret', name: 'secret', enabled: true },
    ],
  });
});

it('is working after a success, and unknown once the credential was changed, whose token is no longer used', async () => {
  await take([failed('cred_c'), fetched('cred_c', { at: NOW + 1_000 })]);
  expect((await healthOf('cred_c')).state).toBe('working');
  expect(await healthOf('cred_c', admin, 11)).toMatchObject({ state: 'unknown', expiresAt: null, refreshAt: null, generation: null, lastSuccess: { scope: 'a b' } });
});

it('is unknown for a credential that no token was requested for', async () => {
  expect(await healthOf('cred_new')).toMatchObject({
    state: 'unknown',
    expiresAt: null,
    lastSuccess: null,
    lastFailure: null,
    requestsToday: { total: 0, failed: 0 },
  });
});

it('counts a fact once, however often it is read, and quarantines a malformed one', async () => {
  const from = offset;
  const facts = [fetched('cred_d'), '{"event":"fetched"}', failed('cred_d')];
  expect(await take(facts, from)).toBe(3);
  expect(await take(facts, from)).toBe(3);
  expect((await healthOf('cred_d')).requestsToday).toEqual({ total: 2, failed: 1 });
  expect(quarantined).toEqual(['{"event":"fetched"}', '{"event":"fetched"}']);
});

it('is hidden from another tenant or group, and shows each caller only its own callbacks', async () => {
  const caller = (over: Partial<Principal>): Principal => ({ id: 'key_1', role: 'consumer', tenant: 'acme', groups: ['billing'], ...over });
  expect((await healthOf('cred_a', caller({}))).callbacks.map(({ name }) => name)).toEqual(['ledger']);
  expect((await healthOf('cred_a', caller({ role: 'viewer', groups: [] }))).callbacks).toHaveLength(2);
  for (const stranger of [caller({ tenant: 'globex' }), caller({ groups: ['board'] }), caller({ role: 'viewer', tenant: 'globex' })])
    await expect(healthOf('cred_a', stranger)).rejects.toMatchObject({ code: 'not-found' });
});
