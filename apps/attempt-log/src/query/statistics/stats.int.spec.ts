import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { QueryRunner } from 'typeorm';
import { TokenEvent, type Attempted, type Principal } from '@nuncio/contracts';
import type { ConfigView } from '@nuncio/kafka';
import type { PlacedFact } from '../../ingest/attempt-fact.js';
import { fold } from '../../ingest/delivery-row.js';
import { unnestValues } from '../../ingest/unnest.js';
import { deliveryColumns, UPSERT_DELIVERIES } from '../../ingest/upsert-deliveries.js';
import type { PlacedTokenEvent } from '../../token-requests/insert-token-requests.js';
import { attempted, ofDelivery, placed, succeeded } from '../../testing/facts.js';
import { openLog, type LogDatabase } from '../../testing/log-database.js';
import { BacklogController } from './backlog.controller.js';
import { ServerStatsController } from './server-stats.controller.js';
import { BacklogQuery, ServerStatsQuery, StatsQuery, TokenStatsQuery, TopQuery } from './stats-query.js';
import { StatsController } from './stats.controller.js';
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

const NONE = { p50: null, p95: null, p99: null };
let log: LogDatabase;
let stats: StatsController;
const all = async (given: Record<string, unknown>, caller = admin) => (await stats.list(caller, StatsQuery.parse(given))).items;
/** Points with attempts. */
const points = async (given: Record<string, unknown>, caller = admin) => (await all(given, caller)).filter(({ attempts }) => attempts > 0);
const top = async (given: Record<string, unknown>, caller = admin) => (await stats.top(caller, TopQuery.parse(given))).items;
const callbacksOf = (...states: readonly { id: string; pausedUntil: number }[]) => ({ all: () => states.map((state) => ({ id: state.id, state })) }) as unknown as Pick<ConfigView, 'all'>;
const NONE_PAUSED = callbacksOf();
const iso = (ms: number): string => new Date(ms).toISOString();

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

it('reads percentiles from the buckets, at most a quarter too high', async () => {
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

it('has a point for every step of a range, empty if nothing happened', async () => {
  const hour = await all({ callback: 'cb_acme', since: iso(minute - 120_000), until: iso(minute + 180_000) });
  expect(hour.map(({ at, attempts }) => [at.getTime() - minute, attempts])).toEqual([[-120_000, 0], [-60_000, 0], [0, 100], [60_000, 1], [120_000, 0]]);
  expect(hour[0]).toEqual({ at: new Date(minute - 120_000), key: null, attempts: 0, outcomes: {}, latencyMs: NONE, deliveries: { total: 0, pending: 0, delivered: 0, failed: 0, parked: 0, held: 0, canceled: 0, skipped: 0, expired: 0 }, endToEndMs: NONE });
});

it('counts from `since` to before `until`, also within a minute: whole minutes were left out or added', async () => {
  const counted = async (since: number, until: number, step = 'minute') => (await all({ callback: 'cb_acme', since: iso(since), until: iso(until), step })).reduce((sum, { attempts }) => sum + attempts, 0);
  expect(await counted(minute + 11, minute + 21)).toBe(10);
  expect(await counted(minute + 91, minute + 60_000)).toBe(10);
  expect(await counted(minute + 91, minute + 60_001)).toBe(11);
  expect(await counted(minute - 30_000, minute + 51, 'hour')).toBe(50);
  expect(await counted(minute + 51, minute + 150_000, 'day')).toBe(51);
});

it('leaves attempts without a request out of the latency: a callback that was never called had a p50 of 108 ms', async () => {
  const unsent: Partial<Attempted> = { requests: 0, request: null, response: null, error: { class: 'token', detail: null } };
  const failures = [unsent, ...(['dns', 'connect', 'tls'] as const).map((name): Partial<Attempted> => ({ response: null, error: { class: name, detail: null } }))];
  const of = (n: number) => ofDelivery({ ceId: `unsent-${n}`, eventAt: minute, callback: 'cb_unsent', tenant: 'unsent' });
  const silent = attempted(of(9), 1, { startedAt: minute + 1, response: null, error: { class: 'timeout', detail: null }, timingsMs: { token: 0, dns: 3, connect: null, tls: null, firstByte: null, total: 15_000 } });
  await log.writer.writeFacts([...failures.map((over, n) => placed(attempted(of(n), 1, { startedAt: minute + n, ...over }), n)), placed(silent, 9)]);
  for (const range of [{}, { since: iso(minute), until: iso(minute + 30_000) }])
    expect(await points({ callback: 'cb_unsent', ...range })).toMatchObject([{ attempts: 5, outcomes: { token: 1, dns: 1, connect: 1, tls: 1, timeout: 1 }, latencyMs: NONE }]);
});

it('counts deliveries by their present status under the minute of their publication, and how long they took', async () => {
  const tenant = 'standing';
  const of = (n: number) => ofDelivery({ ceId: `s-${n}`, eventAt: minute + n, callback: 'cb_standing', tenant, eventType: n ? 'order.made' : 'order.paid' });
  const shown = async (given: object = {}) => (await all({ callback: 'cb_standing', since: iso(minute), until: iso(minute + 60_000), ...given })).map(({ deliveries, endToEndMs }) => ({ ...deliveries, endToEndMs }));
  await log.writer.writeFacts([0, 1, 2].map((n) => placed(attempted(of(n), 1, { startedAt: minute + n }), n)));
  expect(await shown()).toMatchObject([{ total: 3, pending: 3, delivered: 0, endToEndMs: NONE }]);
  const later = [placed(attempted(of(0), 2, { ...succeeded, startedAt: minute + 9_959 }), 3), placed(attempted(of(1), 2, { next: { step: 'dead' } }), 4)];
  for (let again = 0; again < 2; again++) await log.writer.writeFacts(later);
  const [now] = await shown();
  expect(now).toMatchObject({ total: 3, pending: 1, delivered: 1, failed: 1 });
  expect(now?.endToEndMs?.p50).toBeGreaterThanOrEqual(10_000);
  expect(now?.endToEndMs?.p50).toBeLessThanOrEqual(12_500);
  expect((await all({ callback: 'cb_standing', status: ['failed', 'failed'] })).map(({ attempts }) => attempts)).toEqual((await all({ callback: 'cb_standing', status: 'failed' })).map(({ attempts }) => attempts));
  // The same, counted row by row.
  expect(await shown({ until: iso(minute + 59_999) })).toEqual([now]);
  expect(await shown({ eventType: 'order.paid' })).toMatchObject([{ total: 1, delivered: 1 }]);
  expect((await all({ callback: 'cb_standing', status: 'failed' })).every(({ deliveries, endToEndMs }) => deliveries === null && endToEndMs === null)).toBe(true);
});

it('groups by callback, tenant, event type, HTTP status and error class, the largest series first', async () => {
  const since = iso(minute);
  const until = iso(minute + 60_000);
  const series = async (by: string, given: object = {}) => (await all({ by, since, until, ...given })).map(({ key, attempts }) => [key, attempts]);
  expect((await series('callback')).slice(0, 1)).toEqual([['cb_acme', 100]]);
  expect(await series('tenant', { tenant: ['acme', 'globex'] })).toEqual([['acme', 100], ['globex', 1]]);
  expect(await series('responseStatus', { callback: ['cb_acme', 'cb_globex'] })).toEqual([['204', 90], ['503', 10], [null, 1]]);
  expect(await series('status', { callback: 'cb_acme', responseStatus: '5xx' })).toEqual([['503', 10]]);
  expect(await series('errorClass', { callback: ['cb_acme', 'cb_globex'] })).toEqual([[null, 90], ['http', 10], ['timeout', 1]]);
  expect(await series('eventType', { callback: 'cb_standing' })).toEqual([['order.made', 3], ['order.paid', 2]]);
  expect(await series('callback', { limit: '1' })).toEqual([['cb_acme', 100]]);
});

it('ranks what fails most, what fails most often, and what is slowest, within reach', async () => {
  const range = { since: iso(minute), until: iso(minute + 60_000) };
  expect(await top({ ...range, tenant: ['acme', 'globex'] })).toMatchObject([
    { key: 'cb_acme', attempts: 100, failed: 10, failureRate: 0.1, dominantErrorClass: 'http', outcomes: { delivered: 90, http: 10 } },
    { key: 'cb_globex', attempts: 1, failed: 1, failureRate: 1, dominantErrorClass: 'timeout' },
  ]);
  for (const [order, keys] of [['rate', ['cb_globex', 'cb_acme']], ['attempts', ['cb_acme', 'cb_globex']], ['p95', ['cb_globex', 'cb_acme']]] as const)
    expect((await top({ ...range, order, tenant: ['acme', 'globex'] })).map(({ key }) => key)).toEqual(keys);
  expect((await top(range, globex)).map(({ key }) => key)).toEqual(['cb_globex']);
});

it('says what waits, since when, and when it is due', async () => {
  const backlog = new BacklogController(log.dataSource, NONE_PAUSED);
  const now = Date.now();
  const of = (n: number) => ofDelivery({ ceId: `w-${n}`, eventAt: minute + n, callback: 'cb_waits', tenant: 'waits' });
  const due = [30_000, 300_000, 1_800_000, 7_200_000, 172_800_000];
  await log.writer.writeFacts([
    ...due.map((ms, n) => placed(attempted(of(n), 1, { next: { step: 'later', notBefore: now + ms } }), n)),
    placed({ fact: 'parked', ...of(7), position: 1, number: 1, reason: 'blocked' }, 7),
    placed(attempted(of(8), 1, succeeded), 8),
  ]);
  const expected = {
    pending: { count: 5, exact: true, oldestAt: new Date(minute) },
    held: { count: 0, exact: true, oldestAt: null },
    parked: { count: 1, exact: true, oldestAt: new Date(minute + 7) },
    due: [['PT1M', 1], ['PT10M', 2], ['PT1H', 3], ['P1D', 4]].map(([within, count]) => ({ within, count, exact: true })),
  };
  expect(await backlog.backlog(admin, { callback: ['cb_waits'] })).toEqual(expected);
  expect(await backlog.backlog({ ...globex, tenant: 'waits' }, {})).toEqual(expected);
  expect((await backlog.backlog(globex, { callback: ['cb_waits'] })).pending.count).toBe(0);
  const paused = new BacklogController(log.dataSource, callbacksOf({ id: 'cb_waits', pausedUntil: now + 1_000_000 }));
  const later = expected.due.map((due) => (due.within === 'PT1M' || due.within === 'PT10M' ? { ...due, count: 0 } : due));
  expect(await paused.backlog(admin, { callback: ['cb_waits'] })).toEqual({ ...expected, due: later });
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

  const credential = (id: string, host: string, groups = of.groups) => ({ id, state: { tenant: 'acme', groups, tokenUrl: `https://${host}/token`, issuer: null } });
  const servers = new ServerStatsController(log.dataSource, { all: () => [credential('cred_1', 'id.acme.com'), credential('cred_2', 'id.acme.com', []), credential('cred_unused', 'idle.acme.com')] } as unknown as Pick<ConfigView, 'all'>);
  const byServer = async (caller: Principal, given: object = {}) => (await servers.list(caller, ServerStatsQuery.parse(given))).items;
  // The percentiles are of all requests to the server, not an average of those of its credentials.
  const ofBoth = { host: 'id.acme.com', credentials: 2, requests: 101, outcomes: { token: 100, http: 1 }, latencyMs: { p50: 50, p95: 95, p99: 99 } };
  expect(await byServer(admin)).toEqual([ofBoth]);
  expect(await byServer(admin, { host: ['id.acme.com', 'idle.acme.com'], tenant: 'acme' })).toEqual([ofBoth]);
  expect(await byServer(admin, { host: 'idle.acme.com' })).toEqual([]);
  expect(await byServer(admin, { until: new Date(minute).toISOString(), since: new Date(minute - 60_000).toISOString() })).toEqual([]);
  expect(await byServer({ ...consumer, groups: ['sales'] })).toMatchObject([{ credentials: 1, requests: 1 }]);
  expect(await byServer(globex)).toEqual([]);

  const many = (from: number) => Array.from({ length: 2_500 }, (_, n) => asked(`cred_many_${from + n}`, 1, { tenant: 'many' }));
  for (const from of [0, 2_500]) await log.writer.writeTokenRequests(many(from));
  expect(await shown(admin, { tenant: 'many' })).toHaveLength(5_000);
  await log.writer.writeTokenRequests([asked('cred_one_more', 1, { tenant: 'many' })]);
  await expect(shown(admin, { tenant: 'many' })).rejects.toMatchObject({ code: 'invalid', errors: [{ pointer: '/step' }] });
});

it('counts in turn: two that counted the same callbacks in another order waited for each other, and one was ended', async () => {
  const runners = [log.dataSource.createQueryRunner(), log.dataSource.createQueryRunner()] as const;
  const [first, second] = runners;
  const insert = (by: QueryRunner, callback: string): Promise<unknown> => {
    const of = ofDelivery({ ceId: `turn-${callback}-${runners.indexOf(by)}`, eventAt: minute, tenant: 'turns', callback });
    return by.query(UPSERT_DELIVERIES, unnestValues(deliveryColumns, fold([attempted(of, 1, succeeded)])));
  };
  for (const each of runners) await each.startTransaction();
  await insert(first, 'cb_x');
  // It waits for the first transaction to commit. Without the lock it would have counted, and waited at its next statement.
  const ofSecond = insert(second, 'cb_y').then(() => insert(second, 'cb_x'));
  while ((await log.dataSource.query<unknown[]>(`SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`)).length === 0) continue;
  await insert(first, 'cb_y');
  await first.commitTransaction();
  await ofSecond;
  await second.commitTransaction();
  for (const each of runners) await each.release();
  const counted = await log.dataSource.query<{ callback: string; n: number }[]>(`SELECT callback, sum(deliveries)::int AS n FROM log.deliveries_by_minute WHERE tenant = 'turns' GROUP BY 1 ORDER BY 1`);
  expect(counted).toEqual([{ callback: 'cb_x', n: 2 }, { callback: 'cb_y', n: 2 }]);
});

it('counts by the labels of callbacks and of credentials', async () => {
  await log.dataSource.query(`INSERT INTO log.owners (kind, id, tenant, groups, labels, position) VALUES
    ('callback', 'cb_acme', 'acme', '{}', '{"env": "prod", "team": "a"}', 1), ('callback', 'cb_globex', 'globex', '{}', '{"env": "test"}', 1), ('callback', 'cb_unsent', 'unsent', '{}', NULL, 1)`);
  const counted = async (given: Record<string, unknown>) => (await top({ ...given, since: iso(minute - 60_000), until: iso(minute + 120_000), order: 'attempts' })).map(({ key }) => key);
  expect(await counted({ 'label.env': 'prod' })).toEqual(['cb_acme']);
  expect(await counted({ 'label[env]': ['prod', 'test'] })).toEqual(['cb_acme', 'cb_globex']);
  expect(await counted({ 'label.env': ['prod', 'test'], 'label.team': 'b' })).toEqual([]);
  expect((await points({ 'label.env': 'test' })).reduce((sum, { attempts }) => sum + attempts, 0)).toBe(1);
  expect(await new BacklogController(log.dataSource, NONE_PAUSED).backlog(admin, BacklogQuery.parse({ 'label.env': 'nowhere' }))).toMatchObject({ pending: { count: 0 } });
  for (const given of [{ 'label.env': 'a\0' }, { label: 'prod' }, { 'label.': 'x' }]) expect(StatsQuery.safeParse(given).success).toBe(false);
});
