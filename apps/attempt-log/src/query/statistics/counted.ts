import { BUCKET_GROWTH } from './latency-bucket.js';
import type { Bind } from '../statement.js';

/** The columns of log.attempts_by_minute, computed from a row of log.attempts. */
export const OUTCOME = 'coalesce(error_class, outcome)';
export const STATUS = 'coalesce(response_status, 0)::smallint';
const bucketOf = (ms: string): string => `ceil(ln(greatest(${ms}, 1)) / ln(${BUCKET_GROWTH}::float8))::smallint`;
export const BUCKET = `CASE WHEN total_ms IS NULL THEN -1::smallint ELSE ${bucketOf('total_ms')} END`;
/** The bucket of log.deliveries_by_minute, computed from a row of log.deliveries (migration `Statistics`). */
const LATENESS = `CASE WHEN status = 'delivered' AND delivered_at IS NOT NULL THEN ${bucketOf('extract(epoch FROM delivered_at - event_at)::float8 * 1000')} ELSE -1::smallint END`;

const MINUTE_MS = 60_000;

/** Epoch milliseconds, from `since` to before `until`. */
export interface Range {
  readonly since: number;
  readonly until: number;
}

/**
 * Divides a range into whole minutes, which are counted already, and up to two ends of less than a minute, whose rows are counted one by
 * one.
 */
function cut({ since, until }: Range): { readonly minutes: Range | null; readonly ends: readonly Range[] } {
  const [from, to] = [Math.ceil(since / MINUTE_MS) * MINUTE_MS, Math.floor(until / MINUTE_MS) * MINUTE_MS];
  if (from >= to) return { minutes: null, ends: [{ since, until }] };
  const ends = [{ since, until: from }, { since: to, until }].filter((end) => end.since < end.until);
  return { minutes: { since: from, until: to }, ends };
}

const within = (column: string, { since, until }: Range, bind: Bind): string =>
  `${column} >= ${bind(new Date(since).toISOString())}::timestamptz AND ${column} < ${bind(new Date(until).toISOString())}::timestamptz`;

/**
 * SQL of the attempts that started in a range: `at`, `tenant`, `callback`, `event_type`, `outcome`, `response_status`, `bucket`, and their
 * number `n`.
 */
export function attemptsIn(range: Range, bind: Bind): string {
  const { minutes, ends } = cut(range);
  const counted = minutes && [
    `SELECT minute AS at, tenant, callback, event_type, outcome, response_status, bucket, attempts AS n FROM log.attempts_by_minute WHERE ${within('minute', minutes, bind)}`,
    `SELECT minute, tenant, callback, '', outcome, 0::smallint, bucket, attempts FROM log.attempt_minutes WHERE ${within('minute', minutes, bind)}`,
  ];
  const rows = ends.map((end) => `SELECT started_at AS at, tenant, callback, event_type, ${OUTCOME} AS outcome, ${STATUS} AS response_status, ${BUCKET} AS bucket, 1::bigint AS n FROM log.attempts WHERE ${within('started_at', end, bind)}`);
  return [...(counted ?? []), ...rows].join(' UNION ALL ');
}

/**
 * SQL of the deliveries whose events were published in a range: `at`, `tenant`, `callback`, `event_type`, `status`, `bucket`, and their
 * number `n`.
 */
export function deliveriesIn(range: Range, bind: Bind): string {
  const { minutes, ends } = cut(range);
  const counted = minutes && [`SELECT minute AS at, tenant, callback, event_type, status, bucket, deliveries AS n FROM log.deliveries_by_minute WHERE ${within('minute', minutes, bind)}`];
  const rows = ends.map((end) => `SELECT event_at AS at, tenant, callback, event_type, status, ${LATENESS} AS bucket, 1::bigint AS n FROM log.deliveries WHERE ${within('event_at', end, bind)}`);
  return [...(counted ?? []), ...rows].join(' UNION ALL ');
}
