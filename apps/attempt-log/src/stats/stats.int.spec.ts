import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Attempted, Principal } from '@nuncio/contracts';
import type { ConfigView } from '@nuncio/kafka';
import type { PlacedFact } from '../ingest/attempt-fact.js';
import { attempted, ofDelivery, placed, succeeded } from '../testing/facts.js';
import { openLog, type LogDatabase } from '../testing/log-database.js';
import { StatsQuery } from './stats-query.js';
import { StatsController, type StatsPoint } from './stats.controller.js';

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
  stats = new StatsController(log.dataSource, { all: () => [] } as unknown as ConfigView);
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
