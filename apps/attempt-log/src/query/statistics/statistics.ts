import type { DataSource } from 'typeorm';
import { conditions, type Given } from '../filters/filter.js';
import type { Reach } from '../reach.js';
import { attemptsIn, deliveriesIn, type Range } from './counted.js';
import type { Counted } from './figures.js';
import { BY, commonFilters, statsFilters, type By, type TopQuery } from './stats-query.js';
import { binding, whereOf, type Bind } from '../statement.js';

/** What to count, and for whom. */
interface Selection extends Range {
  readonly filters: Given<typeof statsFilters>;
  readonly by?: By | undefined;
  readonly reach: Reach;
}

/** The count of one step and key. `at` null = the whole range; `key` null = no key. */
export interface Row extends Counted {
  readonly at: Date | null;
  readonly key: string | null;
}

type Statement = (bind: Bind) => string;

async function ask<R>(dataSource: DataSource, statement: Statement): Promise<R[]> {
  const { values, bind } = binding();
  return dataSource.query<R[]>(statement(bind), values);
}

const keyOf = (column: string | undefined): string => column ?? 'NULL::text';

/** SQL of the selected attempts, as `e`. `more`: further conditions. */
const attemptsOf = ({ filters, reach, ...range }: Selection, bind: Bind, more: readonly string[] = []): string =>
  `(${attemptsIn(range, bind)}) e ${whereOf([...conditions(statsFilters, filters, bind), ...reach(bind), ...more])}`;
const deliveriesOf = ({ filters, reach, ...range }: Selection, bind: Bind, more: readonly string[]): string =>
  `(${deliveriesIn(range, bind)}) e ${whereOf([...conditions(commonFilters, filters, bind), ...reach(bind), ...more])}`;

const counted = (step: string | null, key: string, what: string, from: string, bind: Bind): string =>
  `SELECT ${step === null ? 'NULL::timestamptz' : `date_trunc(${bind(step)}, at, 'UTC')`} AS at, ${key} AS key, ${what} AS what, bucket, sum(n)::float8 AS n FROM ${from} GROUP BY 1, 2, 3, 4`;

/** SQL condition that the key is one of these; none = all keys. */
function among(keys: readonly (string | null)[] | undefined, column: string, bind: Bind): string[] {
  if (!keys) return [];
  const named = keys.filter((key) => key !== null);
  return [`(${[`${column} = ANY(${bind(named)}::text[])`, ...(named.length < keys.length ? [`${column} IS NULL`] : [])].join(' OR ')})`];
}

/** Attempts by step (`minute`, …; null = the whole range) and key. */
export const countAttempts = (dataSource: DataSource, selection: Selection, step: string | null, keys?: readonly (string | null)[]): Promise<Row[]> =>
  ask<Row>(dataSource, (bind) => {
    const key = keyOf(selection.by && BY[selection.by].attempts);
    return counted(step, key, 'outcome', attemptsOf(selection, bind, among(keys, key, bind)), bind);
  });

/** The same for deliveries; null if a filter or key applies to attempts only. */
export async function countDeliveries(dataSource: DataSource, selection: Selection, step: string | null, keys?: readonly (string | null)[]): Promise<Row[] | null> {
  const { status, errorClass, responseStatus } = selection.filters;
  const column = selection.by && BY[selection.by].deliveries;
  if (column === null || [status, errorClass, responseStatus].some((given) => given !== undefined)) return null;
  return ask<Row>(dataSource, (bind) => {
    const key = keyOf(column);
    return counted(step, key, 'status', deliveriesOf(selection, bind, among(keys, key, bind)), bind);
  });
}

const FAILED = `sum(n) FILTER (WHERE outcome <> 'delivered')`;
const ORDERS: Readonly<Record<Exclude<TopQuery['order'], 'p95'>, string>> = {
  failed: `HAVING ${FAILED} > 0 ORDER BY ${FAILED} DESC, 1`,
  rate: `HAVING ${FAILED} > 0 ORDER BY ${FAILED} / sum(n) DESC, ${FAILED} DESC, 1`,
  attempts: 'ORDER BY sum(n) DESC, 1',
};

/** The first keys of the attempts, in the given order. */
export async function topKeys(dataSource: DataSource, selection: Selection & { readonly by: By }, order: TopQuery['order'], limit: number): Promise<(string | null)[]> {
  const rows = await ask<{ key: string | null }>(dataSource, (bind) => {
    const from = attemptsOf(selection, bind);
    const key = BY[selection.by].attempts;
    if (order !== 'p95') return `SELECT ${key} AS key FROM ${from} GROUP BY 1 ${ORDERS[order]} LIMIT ${bind(limit)}`;
    // The lowest bucket that, with all below it, holds 95 % of the attempts.
    return `SELECT key FROM (SELECT key, bucket, sum(sum(n)) OVER (PARTITION BY key ORDER BY bucket) AS within, sum(sum(n)) OVER (PARTITION BY key) AS total
        FROM (SELECT ${key} AS key, bucket, n FROM ${from}) s WHERE bucket >= 0 GROUP BY key, bucket) b
      WHERE within >= 0.95 * total GROUP BY key ORDER BY min(bucket) DESC, max(total) DESC, key LIMIT ${bind(limit)}`;
  });
  return rows.map(({ key }) => key);
}
