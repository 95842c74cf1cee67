import type { DataSource } from 'typeorm';
import { attemptsIn, type Range } from '../query/statistics/counted.js';
import { binding, type Bind } from '../query/statement.js';

/** A period in which one callback, or one credential, failed. */
export interface Outage {
  /** The id of the callback or the credential. */
  readonly id: string;
  readonly tenant: string;
  /** The most frequent error class. */
  readonly errorClass: string;
  /** The beginning of the minute with the first failure. */
  readonly since: Date;
  /** The end of the minute with the last failure. */
  readonly until: Date;
  readonly failed: number;
  /** Whether something succeeded after the last failure. */
  readonly isOver: boolean;
}

/** The SQL for one kind of thing that can have an outage: callbacks, or credentials. */
interface Source {
  /** Selects failures in a range of time: `id`, `tenant`, `at`, `outcome`, and their number `n`. */
  failures(range: Range, bind: Bind, where: readonly string[]): string;
  /** Selects the successes of `m.id` between its failures in the minutes `m.before` and `m.minute`. */
  readonly successBetween: string;
  /** Selects the successes of `r.id` after its last failure, which was in the minute `r.last`. */
  readonly successAfter: string;
}

const whereOf = (all: readonly string[]): string => all.map((one) => ` AND ${one}`).join('');

/** An attempt that failed because there was no token counts as a failure of the credential, not of the callback. */
export const OF_CALLBACKS: Source = {
  failures: (range, bind, where) => `SELECT callback AS id, tenant, at, outcome, n FROM (${attemptsIn(range, bind)}) e WHERE outcome NOT IN ('delivered', 'token')${whereOf(where)}`,
  successBetween: `SELECT FROM log.attempts_by_minute s WHERE s.callback = m.id AND s.minute > m.before AND s.minute < m.minute AND s.outcome = 'delivered'`,
  successAfter: `SELECT FROM log.attempts s WHERE s.callback = r.id AND s.outcome = 'delivered' AND s.started_at >
    coalesce((SELECT max(f.started_at) FROM log.attempts f WHERE f.callback = r.id AND f.outcome = 'failed' AND f.started_at >= r.last), r.last)`,
};

export const OF_CREDENTIALS: Source = {
  failures: ({ since, until }, bind, where) =>
    `SELECT credential AS id, tenant, at, outcome, 1 AS n FROM log.token_requests WHERE at >= ${bind(new Date(since).toISOString())}::timestamptz AND at < ${bind(new Date(until).toISOString())}::timestamptz AND outcome <> 'token'${whereOf(where)}`,
  successBetween: `SELECT FROM log.token_requests s WHERE s.credential = m.id AND s.at >= m.before + interval '1 minute' AND s.at < m.minute AND s.outcome = 'token'`,
  successAfter: `SELECT FROM log.token_requests s WHERE s.credential = r.id AND s.outcome = 'token' AND s.at >
    coalesce((SELECT max(f.at) FROM log.token_requests f WHERE f.credential = r.id AND f.outcome <> 'token' AND f.at >= r.last), r.last)`,
};

const MOST = 2_000;

/** Two failures belong to the same outage if they are at most an hour apart, or if nothing succeeds between them. */
const outagesIn = (failures: string, { successBetween, successAfter }: Source): string => `
  WITH failed AS MATERIALIZED (SELECT id, tenant, date_trunc('minute', at, 'UTC') AS minute, outcome, sum(n) AS n FROM (${failures}) f GROUP BY 1, 2, 3, 4),
    m AS (SELECT id, minute, lag(minute) OVER (PARTITION BY id ORDER BY minute) AS before FROM (SELECT DISTINCT id, minute FROM failed) d),
    begun AS (SELECT id, minute, before IS NULL OR (minute - before > interval '1 hour' AND EXISTS (${successBetween})) AS begins FROM m),
    runs AS (SELECT id, minute, count(*) FILTER (WHERE begins) OVER (PARTITION BY id ORDER BY minute) AS run FROM begun),
    classes AS (SELECT id, run, outcome, min(tenant) AS tenant, min(minute) AS first, max(minute) AS last, sum(n) AS n FROM failed JOIN runs USING (id, minute) GROUP BY id, run, outcome),
    r AS (SELECT id, min(tenant) AS tenant, (array_agg(outcome ORDER BY n DESC, outcome))[1] AS error_class, min(first) AS first, max(last) AS last, sum(n)::float8 AS n, run = max(run) OVER (PARTITION BY id) AS is_last
          FROM classes GROUP BY id, run)
  SELECT id, tenant, error_class AS "errorClass", first AS since, last + interval '1 minute' AS until, n AS failed, NOT is_last OR EXISTS (${successAfter}) AS "isOver"
  FROM r ORDER BY "isOver", until DESC, id LIMIT ${MOST}`;

/** Returns outages: those that are not over first, then the newest. `where`: conditions on attempts, or on token requests. */
export function outagesOf(dataSource: DataSource, source: Source, range: Range, where: (bind: Bind) => readonly string[]): Promise<Outage[]> {
  const { values, bind } = binding();
  const statement = outagesIn(source.failures(range, bind, where(bind)), source);
  return dataSource.query<Outage[]>(statement, values);
}
