import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ErrorClass, type Attempted } from '@nuncio/contracts';
import fc from 'fast-check';
import { attempted, ofDelivery, placed, succeeded } from '../testing/facts.js';
import { openLog, type LogDatabase } from '../testing/log-database.js';
import { deliverySource } from './deliveries/delivery-source.js';
import { conditions, listQuery, type Given, type Query } from './filters/filter.js';
import { attemptFilters, deliveryFilters } from './filters/filters.js';
import { attemptLeads, byLabelled, deliveryLeads, eachOf, leading } from './filters/lead.js';
import { lookedAt, searchPage, type Search } from './search.js';

const ROWS = 6_000;
const DAY_MS = 86_400_000;
const TENANTS = ['acme', 'globex', 'rare'];
const newest = Date.now();

let log: LogDatabase;
beforeAll(async () => {
  log = await openLog();
  await log.owned('callback', Array.from({ length: 5 }, (_, n) => ({ id: `cb_${n}`, state: { tenant: TENANTS[0] ?? '', groups: [], labels: { parity: n % 2 ? 'odd' : 'even', number: String(n) } } })));
  const facts = Array.from({ length: ROWS }, (_, n) => {
    const tenant = n % 1_500 === 7 ? 'rare' : (TENANTS[n % 2] ?? '');
    // Three days, four rows a second.
    const eventAt = newest - DAY_MS * (n % 3) - Math.floor(n / 4) * 1_000;
    const of = ofDelivery({
      ceId: `n-${n}`,
      eventAt,
      tenant,
      callback: `cb_${n % 5}`,
      subscription: `sub_${n % 700}`,
      eventType: n % 2_999 ? 'common' : 'seldom',
    });
    const error: Partial<Attempted> = { error: { class: n % 4_001 === 9 ? 'dns' : 'http', detail: null } };
    const asked: Partial<Attempted> = n % 97 === 5 ? { reason: 'replay', requestedBy: `key_${n % 2}`, operation: `op_${n % 4}` } : {};
    return placed(attempted(of, 1, { startedAt: eventAt, ...(n % 10 === 9 ? error : succeeded), ...asked }), n);
  });
  for (let from = 0; from < ROWS; from += 1_000) await log.writer.writeFacts(facts.slice(from, from + 1_000));
  const askedFor = facts.flatMap(({ fact: { delivery, eventAt, requestedBy, operation } }) => (requestedBy === null ? [] : [{ delivery, eventAt, number: 1, fact: 'asked', reason: 'replay', requestedBy, operation: operation ?? null, hold: null }]));
  // Each of them was asked for twice.
  await log.writer.writeTimeline(askedFor.flatMap((fact) => [{ ...fact, at: fact.eventAt }, { ...fact, at: fact.eventAt + 1 }]));
});
afterAll(() => log.drop());

interface Searched {
  readonly ids: string[];
  readonly pages: number;
}

async function searchAll(table: 'attempts' | 'deliveries', query: Query<typeof attemptFilters> & Query<typeof deliveryFilters>): Promise<Searched> {
  const [filters, leads, at] = table === 'attempts' ? [attemptFilters, attemptLeads, 'started_at'] : [deliveryFilters, deliveryLeads, 'event_at'];
  const given = await byLabelled(log.dataSource, { ...query, tenant: undefined }).then((found) => ({ ...found, tenant: query.tenant }));
  // No event is written here, so none is found by an attribute.
  const source: Pick<Search, 'from' | 'lead' | 'each' | 'join'> =
    table === 'deliveries' ? deliverySource({ ...given, subject: undefined, ext: undefined }) : { from: () => 'log.attempts e', lead: (bind) => leading(leads, filters, given, bind), each: eachOf(leads, given) };
  const ids: string[] = [];
  let pages = 0;
  for (let cursor: string | undefined; ;) {
    const paging = listQuery({}).parse({ limit: query.limit, ...(cursor ? { cursor } : {}) });
    const { items, next } = await searchPage<{ id: string }>(
      log.dataSource,
      { select: 'e.id', ...source, at, where: (bind) => conditions(filters, given, bind) },
      paging,
    );
    expect(items.length).toBeLessThanOrEqual(query.limit);
    ids.push(...items.map(({ id }) => id));
    pages += 1;
    if (next === null) return { ids, pages };
    cursor = next;
  }
}

/** The ids that PostgreSQL finds without lead, window or cursor. */
async function expected(table: 'attempts' | 'deliveries', query: object): Promise<string[]> {
  const [filters, at] = table === 'attempts' ? [attemptFilters, 'started_at'] : [deliveryFilters, 'event_at'];
  const values: unknown[] = [];
  const where = conditions(filters, query as Given<typeof filters>, (value) => `$${values.push(value)}`);
  const rows = await log.dataSource.query<{ id: string }[]>(
    `SELECT id FROM log.${table} WHERE ${['true', ...where].join(' AND ')} ORDER BY ${at} DESC, id DESC`,
    values,
  );
  return rows.map(({ id }) => id);
}

const some = <T>(...values: T[]) => fc.option(fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 2 }), { nil: undefined });
/** A value that no row has, so that these filters find nothing. What they find is tested in queries.int.spec.ts. */
const rarely = <T>(value: T) => fc.oneof({ weight: 19, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.constant(value) });
const time = fc.option(
  fc.integer({ min: 0, max: 4 * 24 }).map((hours) => new Date(newest - hours * 3_600_000).toISOString()),
  { nil: undefined },
);
/** All filters: one without values here does not compile. */
const given: Readonly<Record<keyof typeof attemptFilters | keyof typeof deliveryFilters, fc.Arbitrary<unknown>>> = {
  tenant: some(...TENANTS),
  application: some('app_acme', 'app_none'),
  callback: some('cb_0', 'cb_4', 'cb_none'),
  subscription: some('sub_1', 'sub_699'),
  eventType: some('common', 'seldom'),
  status: some<'delivered' | 'failed' | '!delivered' | '!failed'>('delivered', 'failed', '!delivered', '!failed'),
  errorClass: some<ErrorClass | '!http'>('http', 'dns', '!http'),
  responseStatus: some('503', '2xx', '!503', '!5xx'),
  event: some(ofDelivery({ ceId: 'n-17' }).event, 'evt_none'),
  id: some(...['acme', 'globex'].map((tenant, n) => ofDelivery({ ceId: `n-${n}`, tenant, subscription: `sub_${n}` }).delivery)),
  reason: rarely(['!first']),
  operation: some('op_1', 'op_3', 'op_none'),
  requestedBy: some('key_0', 'key_1', 'key_none'),
  delivery: some(...['acme', 'globex'].map((tenant, n) => ofDelivery({ ceId: `n-${n}`, tenant, subscription: `sub_${n}` }).delivery)),
  label: fc.option(fc.constantFrom({ parity: ['even'] }, { parity: ['even', 'odd'] }, { parity: ['odd'], number: ['1', '2'] }, { parity: ['none'] }), { nil: undefined }),
  subject: rarely(['order/4711']),
  ext: rarely({ order: ['4711'] }),
  ceId: rarely(['n-17']),
  since: time,
  until: time,
};
const anyQuery = fc.record({ limit: fc.constantFrom(7, 100), ...given }) as fc.Arbitrary<Query<typeof attemptFilters> & Query<typeof deliveryFilters>>;

it.each(['attempts', 'deliveries'] as const)('finds the same %s as PostgreSQL without it, in the same order, for any query', async (table) => {
  await fc.assert(
    fc.asyncProperty(anyQuery, async (query) => {
      // A delivery whose first attempt failed is pending, not failed.
      const status = table === 'deliveries' ? query.status?.map((one) => (one === 'failed' ? ('pending' as never) : one)) : query.status;
      const reason = table === 'deliveries' ? query.reason?.map(() => '!no-token' as never) : query.reason;
      const asked = { ...query, status, reason };
      expect((await searchAll(table, asked)).ids).toEqual(await expected(table, asked));
    }),
    { numRuns: 25 },
  );
});

it('finds rare rows beyond the first rows that it reads, and reads a thousand for each page', async () => {
  const { ids, pages } = await searchAll('attempts', { limit: 50, subscription: ['sub_699'] });
  expect(ids).toHaveLength(8);
  expect(pages).toBeLessThanOrEqual(ROWS / 1_000 + 1);
});

it('finds the rows of several callbacks by their index, although they are few and old', async () => {
  const rare = ['cb_rare_0', 'cb_rare_1'];
  await log.writer.writeFacts(
    rare.flatMap((callback, n) => [1, 2].map((i) => {
      const eventAt = newest - 2 * DAY_MS - 7_000_000 - i * 1_000;
      return placed(attempted(ofDelivery({ ceId: `${callback}-${i}`, eventAt, callback, tenant: 'acme' }), 1, { startedAt: eventAt, ...succeeded }), ROWS + 10 * n + i);
    })),
  );
  await log.dataSource.query('ANALYZE log.attempts');
  const given = { callback: rare, tenant: ['acme'] };
  for (const columns of ['e.*', 'id, started_at']) {
    const values: unknown[] = [];
    const text = lookedAt({ from: () => 'log.attempts e', at: 'started_at', lead: (bind) => leading(attemptLeads, attemptFilters, given, bind), each: eachOf(attemptLeads, given) }, { window: 100, after: undefined }, (value) => `$${values.push(value)}`, columns);
    const rows = await log.dataSource.query<Record<'QUERY PLAN', string>[]>(`EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) ${text} LIMIT 100`, values);
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toMatch(/callback/);
    expect(plan).toContain('actual rows=4');
    expect(plan).not.toMatch(/Rows Removed by Filter: \d{2,}/);
  }
  expect((await searchAll('attempts', { limit: 3, ...given })).ids).toEqual(await expected('attempts', given));
});

it('leaves the labels of many callbacks to a look at each row', async () => {
  const many = Array.from({ length: 16 }, (_, n) => ({ id: `cb_many_${n}`, state: { tenant: 'many', groups: [], labels: { many: 'yes', half: n % 2 ? 'odd' : 'even' } } }));
  await log.owned('callback', many);
  const tenant = ['many'];
  const asked: Parameters<typeof byLabelled>[1] = { tenant, label: { many: ['yes'] } };
  expect(await byLabelled(log.dataSource, asked)).toBe(asked);
  const half: typeof asked = { tenant, label: { many: ['yes'], half: ['odd'] } };
  expect((await byLabelled(log.dataSource, half)).callback).toHaveLength(8);
  expect(await byLabelled(log.dataSource, { tenant: ['acme'], label: { many: ['yes'] } })).toMatchObject({ label: undefined, callback: [] });
  expect(await byLabelled(log.dataSource, { tenant, label: { many: ['yes'], half: ['odd'] }, callback: ['cb_many_1', 'cb_many_2'] })).toMatchObject({ callback: ['cb_many_1'] });
});

it('neither repeats nor loses rows while others are written into the partition that it reads', async () => {
  const query = { limit: 100, responseStatus: ['503'] };
  const there = (await searchAll('attempts', query)).ids;
  expect(there).toHaveLength(ROWS / 10);
  const done = new AbortController();
  const writing = (async () => {
    for (let n = 0; !done.signal.aborted; n++) {
      const facts = Array.from({ length: 20 }, (_, i) => {
        const eventAt = newest - ((n * 20 + i) * 7_919) % 700_000;
        return placed(attempted(ofDelivery({ ceId: `busy-${n}-${i}`, eventAt, tenant: 'acme' }), 1, { startedAt: eventAt, ...succeeded }), ROWS + n * 20 + i);
      });
      await log.writer.writeFacts(facts);
    }
  })();
  try {
    for (let round = 0; round < 20; round++) expect((await searchAll('attempts', query)).ids).toEqual(there);
  } finally {
    done.abort();
    await writing;
  }
});

it('reads the newest partition first, and no other one if that is enough, with and without a time', async () => {
  const plan = async (query: Given<typeof attemptFilters>): Promise<string> => {
    const conditionsOf = leading(attemptLeads, attemptFilters, query, (value) => `'${String(value)}'`);
    const rows = await log.dataSource.query<Record<'QUERY PLAN', string>[]>(
      `EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) SELECT * FROM log.attempts e ${conditionsOf.length ? `WHERE ${conditionsOf.join(' AND ')}` : ''} ORDER BY started_at DESC, id DESC LIMIT 100`,
    );
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  };
  await log.dataSource.query('ANALYZE log.attempts');
  for (const query of [{}, { tenant: ['acme'] }, { callback: ['cb_1'] }, { status: ['failed' as const] }]) {
    const text = await plan(query);
    expect(text).toContain('Index Scan Backward');
    expect(text).not.toContain('Seq Scan');
    // The rows of two of the three days are never read.
    expect(text.match(/never executed/g)?.length).toBeGreaterThanOrEqual(2);
  }
});

it('reads what an operation has asked for only as far as a page needs, however much it is', async () => {
  expect((await searchAll('deliveries', { limit: 100, operation: ['op_1'] })).ids.length).toBeGreaterThan(10);
  const many = Array.from({ length: 6_000 }, (_, n) => ({ delivery: `dlv_${n}`, eventAt: newest - n * 1_000, at: newest, number: 2, fact: 'asked', reason: 'replay', requestedBy: 'key_many', operation: 'op_many', hold: null }));
  await log.writer.writeTimeline(many);
  await log.dataSource.query('ANALYZE log.facts');
  for (const asked of [{ operation: ['op_many'] }, { requestedBy: ['key_many'] }] as const) {
    const values: unknown[] = [];
    const source = deliverySource({ operation: undefined, requestedBy: undefined, ...(asked as object) });
    const text = lookedAt({ ...source, at: 'event_at' }, { window: 100, after: undefined }, (value) => `$${values.push(value)}`, 'event_at, id');
    const rows = await log.dataSource.query<Record<'QUERY PLAN', string>[]>(`EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) ${text} LIMIT 100`, values);
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toContain('Index Only Scan Backward');
    expect(plan.match(/actual rows=(\d+)/g)?.map((rows) => Number(rows.slice(12))).every((rows) => rows <= 101)).toBe(true);
  }
});
