import type { DataSource } from 'typeorm';
import { showFailure as failureOf } from '../health/callback-health.js';
import { showFailure as refusalOf } from '../health/credential-health.js';
import type { Tried } from '../health/tries.js';
import type { StoredFailure } from '../token-requests/select-token-requests.js';
import type { Incident } from './incident.js';

/** The number of deliveries that an incident has cost: of events that were published to its callbacks while it lasted. */
interface Cost {
  readonly waiting: number;
  readonly lost: number;
}

const COSTS = `
  SELECT c.n, coalesce(sum(d.deliveries) FILTER (WHERE d.status IN ('pending', 'held', 'parked')), 0)::float8 AS waiting, coalesce(sum(d.deliveries) FILTER (WHERE d.status IN ('failed', 'expired')), 0)::float8 AS lost
  FROM unnest($1::int[], $2::text[], $3::timestamptz[], $4::timestamptz[]) AS c (n, callback, since, until) JOIN log.deliveries_by_minute d ON d.callback = c.callback AND d.minute >= c.since AND d.minute < c.until
  GROUP BY c.n`;

/** Counts the cost of each incident. Returns them in the order of the incidents. `callbacksOf` returns the callbacks whose deliveries an incident affects. */
export async function costsOf(dataSource: DataSource, incidents: readonly Incident[], callbacksOf: (incident: Incident) => readonly string[]): Promise<Cost[]> {
  const now = new Date();
  const rows = incidents.flatMap((incident, n) => callbacksOf(incident).map((callback) => [n, callback, incident.since, incident.until ?? now] as const));
  const found = await dataSource.query<(Cost & { n: number })[]>(COSTS, columns(rows, 4));
  const costs = new Map(found.map(({ n, waiting, lost }) => [n, { waiting, lost }]));
  return incidents.map((_, n) => costs.get(n) ?? { waiting: 0, lost: 0 });
}

const FIRST_ATTEMPTS = `SELECT c.n, a.* FROM unnest($1::int[], $2::text[], $3::timestamptz[]) AS c (n, id, since),
  LATERAL (SELECT started_at, fact FROM log.attempts WHERE callback = c.id AND outcome = 'failed' AND started_at >= c.since ORDER BY started_at LIMIT 1) a`;
const FIRST_REQUESTS = `SELECT c.n, t.* FROM unnest($1::int[], $2::text[], $3::timestamptz[]) AS c (n, id, since),
  LATERAL (SELECT * FROM log.token_requests WHERE credential = c.id AND outcome <> 'token' AND at >= c.since ORDER BY at LIMIT 1) t`;

type Failure = Omit<ReturnType<typeof failureOf>, 'attempt' | 'errorClass'> & { readonly attempt: string | null; readonly errorClass: string | null };

/** Finds the first failure of each incident. Returns them in the order of the incidents; null = the log no longer has it. */
export async function firstFailuresOf(dataSource: DataSource, incidents: readonly Incident[]): Promise<(Failure | null)[]> {
  const rowsOf = (kind: Incident['kind']) => incidents.flatMap((incident, n) => (incident.kind === kind ? incident.outages.slice(0, 1).map(({ id, since }) => [n, id, since] as const) : []));
  const [attempts, requests] = await Promise.all([
    dataSource.query<(Tried & { n: number })[]>(FIRST_ATTEMPTS, columns(rowsOf('endpoint'), 3)),
    dataSource.query<(StoredFailure & { n: number })[]>(FIRST_REQUESTS, columns(rowsOf('authorization-server'), 3)),
  ]);
  const found = new Map<number, Failure>([...attempts.map((row) => [row.n, failureOf(row)] as const), ...requests.map((row) => [row.n, asFailure(row)] as const)]);
  return incidents.map((_, n) => found.get(n) ?? null);
}

function asFailure(row: StoredFailure): Failure {
  const { at, tokenError, advice, adviceCode } = refusalOf(row);
  return { at, attempt: null, errorClass: tokenError.class, status: tokenError.httpStatus, detail: tokenError.description ?? tokenError.code, tokenError, advice, adviceCode };
}

const columns = (rows: readonly (readonly unknown[])[], width: number): unknown[][] => Array.from({ length: width }, (_, column) => rows.map((row) => row[column]));
