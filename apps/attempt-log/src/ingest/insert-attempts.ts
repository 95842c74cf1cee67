import type { Attempted } from '@nuncio/contracts';
import { BUCKET_GROWTH } from '../query/statistics/latency-bucket.js';
import type { PlacedFact } from './attempt-fact.js';
import { unnestInsert, type Column } from './unnest.js';

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
  { name: 'total_ms', type: 'real', value: ({ fact }) => fact.timingsMs.total },
  { name: 'fact', type: 'json', value: ({ record }) => record.value },
];

/** Only what is new is counted: attempt and count are one statement, so that a batch written again changes neither. Replicas lock minutes in one order. */
export const INSERT_ATTEMPTS = `
  WITH inserted AS (
    ${unnestInsert('log.attempts', attemptColumns, 'ON CONFLICT DO NOTHING RETURNING started_at, tenant, callback, outcome, error_class, total_ms')}
  )
  INSERT INTO log.attempt_minutes AS m (minute, tenant, callback, outcome, bucket, attempts)
  SELECT date_trunc('minute', started_at, 'UTC'), tenant, callback, coalesce(error_class, outcome),
    ceil(ln(greatest(total_ms, 1)) / ln(${BUCKET_GROWTH}))::smallint, count(*)
  FROM inserted GROUP BY 1, 2, 3, 4, 5 ORDER BY 3, 1, 4, 5, 2
  ON CONFLICT (callback, minute, outcome, bucket, tenant) DO UPDATE SET attempts = m.attempts + excluded.attempts`;
