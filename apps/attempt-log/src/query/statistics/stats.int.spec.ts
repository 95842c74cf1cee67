import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { TokenEvent, type Attempted, type Principal } from '@nuncio/contracts';
import type { PlacedFact } from '../../ingest/attempt-fact.js';
import type { PlacedTokenEvent } from '../../token-requests/insert-token-requests.js';
import { attempted, ofDelivery, placed, succeeded } from '../../testing/facts.js';
import { openLog, type LogDatabase } from '../../testing/log-database.js';
import { StatsQuery, TokenStatsQuery } from './stats-query.js';
import { StatsController, type StatsPoint } from './stats.controller.js';
import { TokenStatsController } from './token-stats.controller.js';

const admin: Principal = { id: 'key_admin', role: 'admin', tenant: null, groups: [] };
const globex: Principal = { id: 'key_globex', role: 'viewer', tenant: 'globex', groups: [] };

const minute = Math.floor(Date.now() / 60_000) * 60_000 - 600_000;
const facts: PlacedFact[] = [];
function attempt(at: number, total: number, over: Partial<Attempted>, tenant = 'acme'): void {
  const of = ofDelivery({ ceId: `n-${facts.length}`, eventAt: minute, tenant, callback: `cb_${tenant}` });
  const timingsMs = { token: 0, dns: null, connect: null, tls: null, firstByte: null, total };
  facts.push(placed(attempted(of, 1, { timingsMs, startedAt: at, ...over }), facts.length));
}

let log: LogDatabase;
let stats: StatsController;
const points = async (given: Record<string, unknown>, caller = admin): Promise<StatsPoint[]> => (await stats.list(caller, StatsQuery.parse(given))).items;

beforeAll(async () => {
  log = await openLog();
  stats = new StatsController(log.dataSource);
  for (let i = 1; i <= 100; i++) attempt(minute + i, i * 10, i <= 90 ? succeeded : {});
  attempt(minute + 60_000, 0.4, succeeded);
  attempt(minute + 1, 30_000, { error: { class: 'timeout', detail: null }, response: null }, 'globex');
  // Redelivered in other batches, as after a crash.
  await log.writer.writeFacts(facts.slice(0, 60));
  await Promise.all([log.writer.writeFacts(facts), log.writer.writeFacts(facts)]);
});
afterAll(() => log.drop());

it('counts every attempt once, by outcome, minute by minute', async () => {
  expect(await points({ callback: 'cb_acme' })).toMatchObject([
    { at: new Date(minute), attempts: 100, outcomes: { delivered: 90, http: 10 } },
    { at: new Date(minute + 60_000), attempts: 1, outcomes: { delivered: 1 }, latencyMs: { p50: 1, p99: 1 } },
  ]);
  const day = await points({ step: 'day', since: new Date(minute - 86_400_000).toISOString(), until: new Date(minute + 120_000).toISOString() });
  expect(day.reduce((sum, { attempts }) => sum + attempts, 0)).toBe(102);
});

it('reads percentiles off the buckets, at most a quarter too high', async () => {
  const [point] = await points({ callback: 'cb_acme' });
  for (const [name, exact] of [
    ['p50', 500],
    ['p95', 950],
    ['p99', 990],
  ] as const) {
    expect(point?.latencyMs[name]).toBeGreaterThanOrEqual(exact);
    expect(point?.latencyMs[name]).toBeLessThanOrEqual(exact * 1.25);
  }
});

it('shows a tenant its own, whatever it asks for', async () => {
  expect(await points({}, globex)).toMatchObject([{ attempts: 1, outcomes: { timeout: 1 } }]);
  expect(await points({ tenant: 'acme' }, globex)).toEqual([]);
});

it('refuses more points than a chart can show', () => {
  expect(StatsQuery.safeParse({ since: '2026-01-01T00:00:00Z', until: '2026-02-01T00:00:00Z' }).success).toBe(false);
  expect(StatsQuery.safeParse({ since: '2026-02-01T00:00:00Z', until: '2026-01-01T00:00:00Z' }).success).toBe(false);
});

it('shows what authorization servers answered, credential by credential, each once, to who may see the credential', async () => {
  const asked = (credential: string, durationMs: number, over: object = {}): PlacedTokenEvent => ({
    event: TokenEvent.parse({
      ...{ event: 'fetched', credential, tenant: 'acme', position: 1, generation: 1, at: minute, reason: 'miss', durationMs, expiresAt: minute, scope: null },
      ...over,
    }),
    record: { partition: 0, offset: String(durationMs) },
  });
  const refused = { event: 'failed', tokenError: { class: 'http', httpStatus: 401, code: 'invalid_client' } };
  const requests = [
    ...Array.from({ length: 99 }, (_, i) => asked('cred_1', i + 1)),
    asked('cred_1', 500, refused),
    asked('cred_2', 7, { at: minute + 60_000 }),
  ];
  for (let again = 0; again < 2; again++) await log.writer.writeTokenRequests(requests);

  const of = { tenant: 'acme', groups: ['billing'] };
  await log.owned('credential', [{ id: 'cred_1', state: of }]);
  const tokens = new TokenStatsController(log.dataSource);
  const shown = async (caller: Principal, given: object = {}) => (await tokens.list(caller, TokenStatsQuery.parse(given))).items;
  const first = { at: new Date(minute), credential: 'cred_1', requests: 100, outcomes: { token: 99, http: 1 }, latencyMs: { p50: 50, p95: 95, p99: 99 } };
  expect(await shown(admin)).toEqual([
    first,
    { at: new Date(minute + 60_000), credential: 'cred_2', requests: 1, outcomes: { token: 1 }, latencyMs: { p50: 7, p95: 7, p99: 7 } },
  ]);
  const consumer: Principal = { id: 'key_1', role: 'consumer', tenant: 'acme', groups: ['billing'] };
  expect(await shown(consumer)).toEqual([first]);
  expect(await shown({ ...consumer, groups: ['sales'] })).toEqual([]);
  expect(await shown(globex, { tenant: 'acme' })).toEqual([]);

  const many = (from: number) => Array.from({ length: 2_500 }, (_, n) => asked(`cred_many_${from + n}`, 1, { tenant: 'many' }));
  for (const from of [0, 2_500]) await log.writer.writeTokenRequests(many(from));
  expect(await shown(admin, { tenant: 'many' })).toHaveLength(5_000);
  await log.writer.writeTokenRequests([asked('cred_one_more', 1, { tenant: 'many' })]);
  await expect(shown(admin, { tenant: 'many' })).rejects.toMatchObject({ code: 'invalid', errors: [{ pointer: '/step' }] });
});
