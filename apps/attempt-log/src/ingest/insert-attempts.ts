import type { Attempted, ErrorClass } from '@nuncio/contracts';
import { BUCKET, OUTCOME, STATUS } from '../query/statistics/counted.js';
import type { PlacedFact } from './attempt-fact.js';
import { FreshRows } from './fresh-rows.js';
import { unnestInsert, unnestValues, type Column } from './unnest.js';

export const attemptColumns: readonly Column<PlacedFact<Attempted>>[] = [
  { name: 'id', type: 'text', value: ({ fact }) => fact.id },
  { name: 'started_at', type: 'timestamptz', value: ({ fact }) => fact.startedAt },
  { name: 'delivery', type: 'text', value: ({ fact }) => fact.delivery },
  { name: 'event_id', type: 'text', value: ({ fact }) => fact.event },
  { name: 'event_type', type: 'text', value: ({ fact }) => fact.eventType },
  { name: 'tenant', type: 'text', value: ({ fact }) => fact.tenant },
  { name: 'application', type: 'text', value: ({ fact }) => fact.application },
  { name: 'callback', type: 'text', value: ({ fact }) => fact.callback },
  { name: 'subscription', type: 'text', value: ({ fact }) => fact.subscription },
  { name: 'outcome', type: 'text', value: ({ fact }) => fact.outcome },
  { name: 'response_status', type: 'int', value: ({ fact }) => fact.response?.status ?? null },
  { name: 'error_class', type: 'text', value: ({ fact }) => fact.error?.class ?? null },
  { name: 'reason', type: 'text', value: ({ fact }) => fact.reason },
  { name: 'requested_by', type: 'text', value: ({ fact }) => fact.requestedBy },
  { name: 'operation', type: 'text', value: ({ fact }) => fact.operation ?? null },
  { name: 'total_ms', type: 'real', value: ({ fact }) => latencyOf(fact) },
  { name: 'fact', type: 'json', value: ({ record }) => record.value },
];

/** Error classes of failures before the first byte of a request was sent. */
const BEFORE_SENDING: ReadonlySet<string> = new Set<ErrorClass>(['token', 'dns', 'connect', 'tls', 'blocked_address', 'internal']);

/**
 * How long the endpoint took, in milliseconds; null = nothing was sent to it, for example since time ran out before there was a connection.
 */
function latencyOf({ requests, error, timingsMs: { dns, connect, total } }: Pick<Attempted, 'requests' | 'error' | 'timingsMs'>): number | null {
  const wasSent = requests > 0 && !BEFORE_SENDING.has(error?.class ?? '') && (dns === null || connect !== null);
  return wasSent ? total : null;
}

/** Counts attempts that were just inserted. Sorted, so that replicas lock the minutes in the same order. */
const counting = (inserted: string): string => `
  INSERT INTO log.attempts_by_minute AS m (minute, tenant, callback, event_type, outcome, response_status, bucket, attempts)
  SELECT date_trunc('minute', started_at, 'UTC'), tenant, callback, event_type, ${OUTCOME}, ${STATUS}, ${BUCKET}, count(*)
  FROM ${inserted} GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 3, 1, 4, 5, 6, 7, 2
  ON CONFLICT (callback, minute, event_type, outcome, response_status, bucket, tenant) DO UPDATE SET attempts = m.attempts + excluded.attempts`;

const COUNTED = ['started_at', 'tenant', 'callback', 'event_type', 'outcome', 'error_class', 'response_status', 'total_ms'];
const countedColumns = attemptColumns.filter(({ name }) => COUNTED.includes(name));

/** Inserts attempts, and counts the new ones in the same statement, so that a batch written again changes neither. */
export const INSERT_ATTEMPTS = `
  WITH inserted AS (${unnestInsert('log.attempts', attemptColumns, `ON CONFLICT DO NOTHING RETURNING ${COUNTED.join(', ')}`)})
  ${counting('inserted')}`;

const COUNT_ATTEMPTS = counting(`unnest(${countedColumns.map(({ type }, i) => `$${i + 1}::${type}[]`).join(', ')}) AS inserted (${countedColumns.map(({ name }) => name).join(', ')})`);

/** Inserts attempts by COPY: all of them are new, or none is written and counted. */
export const freshAttempts = (): FreshRows<PlacedFact<Attempted>> =>
  new FreshRows('log.attempts', attemptColumns, (tx, rows) => tx.query(COUNT_ATTEMPTS, unnestValues(countedColumns, rows)));
