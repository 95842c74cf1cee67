import { describe, expect, it } from '@jest/globals';
import { conditions, encodeCursor, listQuery, type Filters } from './filter.js';
import { attemptFilters, deliveryFilters, eventFilters } from './filters.js';

const sql = (filters: Filters, given: Record<string, unknown>): { where: string[]; values: unknown[] } => {
  const values: unknown[] = [];
  const where = conditions(filters, listQuery(filters).parse(given), (value) => `$${values.push(value)}`);
  return { where, values };
};

it('matches any of the values of a repeated parameter, and only the one value of a single one', () => {
  expect(sql(deliveryFilters, { status: ['failed', 'parked'], tenant: 'acme' })).toEqual({
    where: ['tenant = $1', 'status = ANY($2::text[])'],
    values: ['acme', ['failed', 'parked']],
  });
});

it('accepts a response status and a class of them', () => {
  expect(sql(deliveryFilters, { responseStatus: ['503', '4xx'] })).toEqual({
    where: ['(response_status = ANY($1::int[]) OR response_status / 100 = ANY($2::int[]))'],
    values: [[503], [4]],
  });
});

it('excludes the values of a closed list that begin with !, and keeps rows that have none', () => {
  expect(sql(deliveryFilters, { status: ['!delivered', '!skipped'], errorClass: '!timeout' })).toEqual({
    where: ['(error_class = $1) IS NOT TRUE', '(status = ANY($2::text[])) IS NOT TRUE'],
    values: ['timeout', ['delivered', 'skipped']],
  });
  expect(sql(attemptFilters, { responseStatus: ['5xx', '!503'] }).where).toEqual([
    '(response_status = ANY($1::int[]) OR response_status / 100 = ANY($2::int[])) AND ((response_status = ANY($3::int[]) OR response_status / 100 = ANY($4::int[]))) IS NOT TRUE',
  ]);
});

it('finds deliveries by the stable code of their reason, whose sentence they have', () => {
  expect(sql(deliveryFilters, { reason: ['no-token', 'canceled-by-hand'] })).toEqual({ where: ["(reason = $1 OR reason LIKE 'it was canceled by %')"], values: ['no token'] });
  const { where, values } = sql(deliveryFilters, { reason: ['!other'] });
  expect(where).toEqual(["((reason <> ALL($1::text[]) AND NOT reason LIKE 'it was canceled by %')) IS NOT TRUE"]);
  expect(values[0]).toContain('the endpoint is busy');
});

it('finds the reason of an attempt of a former release in its fact', () => {
  expect(sql(attemptFilters, { reason: '!first' })).toEqual({ where: [`(coalesce(reason, substring(fact::text FROM '"reason":"([a-z]+)"')) = $1) IS NOT TRUE`], values: ['first'] });
});

it('selects by labels of the callback, in one look at all callbacks', () => {
  expect(sql(attemptFilters, { 'label.env': ['prod', 'test'], 'label[team]': 'a' })).toEqual({
    where: ["callback IN (SELECT o.id FROM log.owners o WHERE o.kind = 'callback' AND true AND (o.labels @> $1::jsonb OR o.labels @> $2::jsonb) AND (o.labels @> $3::jsonb))"],
    values: ['{"env":"prod"}', '{"env":"test"}', '{"team":"a"}'],
  });
});

it('filters by nothing if nothing is given, with 50 rows per page', () => {
  expect(sql(deliveryFilters, {})).toEqual({ where: [], values: [] });
  expect(listQuery(attemptFilters).parse({})).toMatchObject({ limit: 50 });
});

it.each([
  ['2026-01-31T12:00:00+02:00', '2026-01-31T10:00:00.000Z'],
  ['2026-01-31T12:00:00-17:24', '2026-02-01T05:24:00.000Z'],
  ['0000-01-01T00:00:00Z', '1970-01-01T00:00:00.000Z'],
  ['9999-12-31T23:59:59-23:59', '9999-12-31T23:59:59.999Z'],
])('reads the time %s as PostgreSQL can: %s', (since, time) => {
  expect(sql(deliveryFilters, { since }).values).toEqual([time]);
});

describe('bad parameters', () => {
  it('names all faults at once', () => {
    const faults =
      listQuery(deliveryFilters).safeParse({ status: 'lost', responseStatus: '9xx', since: 'yesterday', limit: '101', cursor: 'x', tenants: 'acme' }).error
        ?.issues ?? [];
    expect(faults.map(({ path, code }) => path[0] ?? code).sort()).toEqual(['cursor', 'limit', 'responseStatus', 'since', 'status', 'unrecognized_keys']);
  });

  it.each([
    [attemptFilters, { status: 'pending' }],
    [attemptFilters, { status: '!pending' }],
    [deliveryFilters, { tenant: '!' + '\0' }],
    [deliveryFilters, { 'label.env': 'a\u0000b' }],
    [deliveryFilters, { 'label.': 'x' }],
    [eventFilters, { status: 'failed' }],
    [eventFilters, { ceId: 'a\u0000b' }],
    [eventFilters, Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`ext.a${n}`, 'x']))],
    [eventFilters, { cursor: Buffer.from('["now","evt_1"]').toString('base64url') }],
    [eventFilters, { cursor: Buffer.from('["0000-01-01T00:00:00Z","evt_1"]').toString('base64url') }],
    [eventFilters, { cursor: Buffer.from('["1969-12-31T23:59:59.999Z","evt_1"]').toString('base64url') }],
  ])('are refused', (filters, given) => {
    expect(listQuery<typeof filters>(filters).safeParse(given).success).toBe(false);
  });
});

it('reads back the cursor that it wrote', () => {
  const cursor = { at: '2026-01-31T12:00:00.123Z', id: 'dlv_1' };
  expect(listQuery(deliveryFilters).parse({ cursor: encodeCursor(cursor) })).toMatchObject({ cursor });
});
