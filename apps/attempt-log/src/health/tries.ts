import type { Attempted } from '@nuncio/contracts';
import type { DataSource } from 'typeorm';

export interface Tried {
  readonly started_at: Date;
  readonly fact: Attempted;
}

/** What the log has of a callback's attempts. */
interface Tries {
  readonly success: Tried | null;
  readonly failure: Tried | null;
  /** Whether the last attempt failed. */
  readonly isFailing: boolean;
  /** When the present series of successes or failures began; null = the log has no attempt. */
  readonly since: Date | null;
  /** Attempts since the last success. */
  readonly failures: number;
}

const NONE: Tries = { success: null, failure: null, isFailing: false, since: null, failures: 0 };

/** Millions of failures may have followed the last success, so it is looked for in the last minute that counted one. */
const LAST_COUNTED = (table: string): string => `(SELECT minute FROM log.${table} WHERE callback = c.callback AND outcome = 'delivered' ORDER BY minute DESC LIMIT 1)`;
const SUCCESS = `SELECT a.started_at, a.fact FROM (SELECT max(minute) AS minute FROM (${LAST_COUNTED('attempts_by_minute')} UNION ALL ${LAST_COUNTED('attempt_minutes')}) n) m,
  LATERAL (SELECT started_at, fact FROM log.attempts WHERE callback = c.callback AND outcome = 'delivered' AND started_at >= m.minute AND started_at < m.minute + interval '1 minute' ORDER BY started_at DESC LIMIT 1) a`;
const FAILURE = `SELECT started_at, fact FROM log.attempts WHERE callback = c.callback AND outcome = 'failed' ORDER BY started_at DESC LIMIT 1`;
/** Whole minutes are counted already; the attempts of the minutes at both ends are counted one by one. */
const FAILURES = `SELECT sum(n)::float8 AS n FROM (SELECT date_trunc('minute', series.since + interval '59.999999 s', 'UTC') AS first, date_trunc('minute', now(), 'UTC') AS last) m, LATERAL (
    SELECT attempts AS n FROM log.attempts_by_minute WHERE callback = c.callback AND outcome <> 'delivered' AND minute >= m.first AND minute < m.last
    UNION ALL SELECT attempts FROM log.attempt_minutes WHERE callback = c.callback AND outcome <> 'delivered' AND minute >= m.first AND minute < m.last
    UNION ALL SELECT count(*) FROM log.attempts WHERE callback = c.callback AND outcome = 'failed' AND started_at >= series.since AND started_at < m.first
    UNION ALL SELECT count(*) FROM log.attempts WHERE callback = c.callback AND outcome = 'failed' AND started_at >= greatest(m.first, m.last)
  ) e`;

/** $1: callbacks. One row for each. */
const TRIES = `
  SELECT c.callback, s.started_at AS success_at, s.fact AS success, f.started_at AS failure_at, f.fact AS failure, last.failed, series.since, CASE WHEN last.failed THEN (${FAILURES}) ELSE 0 END AS failures
  FROM unnest($1::text[]) AS c (callback)
    LEFT JOIN LATERAL (${SUCCESS}) s ON true
    LEFT JOIN LATERAL (${FAILURE}) f ON true
    CROSS JOIN LATERAL (SELECT f.started_at IS NOT NULL AND (s.started_at IS NULL OR f.started_at >= s.started_at) AS failed) last
    LEFT JOIN LATERAL (
      SELECT started_at AS since FROM log.attempts
      WHERE callback = c.callback AND outcome = CASE WHEN last.failed THEN 'failed' ELSE 'delivered' END AND started_at > coalesce(CASE WHEN last.failed THEN s.started_at ELSE f.started_at END, '-infinity')
      ORDER BY started_at LIMIT 1
    ) series ON true`;

interface Row {
  readonly callback: string;
  readonly success_at: Date | null;
  readonly success: Attempted | null;
  readonly failure_at: Date | null;
  readonly failure: Attempted | null;
  readonly failed: boolean;
  readonly since: Date | null;
  readonly failures: number | null;
}

/** The attempts of callbacks, in one statement. */
export async function triesOf(dataSource: DataSource, callbacks: readonly string[]): Promise<(callback: string) => Tries> {
  const rows = await dataSource.query<Row[]>(TRIES, [callbacks]);
  const all = new Map(rows.map((row): [string, Tries] => [row.callback, { success: tried(row.success_at, row.success), failure: tried(row.failure_at, row.failure), isFailing: row.failed, since: row.since, failures: row.failures ?? 0 }]));
  return (callback) => all.get(callback) ?? NONE;
}

const tried = (at: Date | null, fact: Attempted | null): Tried | null => at && fact && { started_at: at, fact };
