import type { DeliveryRow } from './delivery-row.js';
import { unnestInsert, type Column } from './unnest.js';

const identity: Column<DeliveryRow>[] = [
  { name: 'id', type: 'text', value: (row) => row.of.delivery },
  { name: 'event_at', type: 'timestamptz', value: (row) => row.of.eventAt },
  { name: 'event_id', type: 'text', value: (row) => row.of.event },
  { name: 'event_type', type: 'text', value: (row) => row.of.eventType },
  { name: 'ce_id', type: 'text', value: (row) => row.of.ceId },
  { name: 'ce_source', type: 'text', value: (row) => row.of.ceSource },
  { name: 'tenant', type: 'text', value: (row) => row.of.tenant },
  { name: 'application', type: 'text', value: (row) => row.of.application },
  { name: 'callback', type: 'text', value: (row) => row.of.callback },
  { name: 'subscription', type: 'text', value: (row) => row.of.subscription },
];

const standing: Column<DeliveryRow>[] = [
  { name: 'status', type: 'text', value: (row) => row.standing.status },
  { name: 'next_at', type: 'timestamptz', value: (row) => row.standing.nextAt },
  { name: 'reason', type: 'text', value: (row) => row.standing.reason },
  { name: 'parked_position', type: 'bigint', value: (row) => row.standing.parkedPosition },
  { name: 'updated_at', type: 'timestamptz', value: (row) => row.standing.updatedAt },
  { name: 'fact_offset', type: 'bigint', value: (row) => row.standing.factOffset },
];

const attempts: Column<DeliveryRow>[] = [
  { name: 'attempts', type: 'int', value: (row) => row.attempts },
  { name: 'first_attempt_at', type: 'timestamptz', value: (row) => row.firstAttemptAt },
];

const lastAttempt: Column<DeliveryRow>[] = [
  { name: 'last_attempt_at', type: 'timestamptz', value: (row) => row.lastAttempt?.startedAt ?? null },
  { name: 'last_attempt', type: 'text', value: (row) => row.lastAttempt?.id ?? null },
  { name: 'response_status', type: 'int', value: (row) => row.lastAttempt?.responseStatus ?? null },
  { name: 'error_class', type: 'text', value: (row) => row.lastAttempt?.errorClass ?? null },
];

const setWhere = (condition: string, columns: Column<DeliveryRow>[]): string[] =>
  columns.map(({ name }) => `${name} = CASE WHEN ${condition} THEN excluded.${name} ELSE d.${name} END`);

export const deliveryColumns = [...identity, ...standing, ...attempts, ...lastAttempt];

/** `merge` in SQL. */
export const UPSERT_DELIVERIES = unnestInsert(
  'log.deliveries AS d',
  deliveryColumns,
  `ON CONFLICT (id, event_at) DO UPDATE SET ${[
    ...setWhere('excluded.fact_offset > d.fact_offset', standing),
    'attempts = greatest(d.attempts, excluded.attempts)',
    'first_attempt_at = least(d.first_attempt_at, excluded.first_attempt_at)',
    'written = pg_current_xact_id()',
    ...setWhere('d.last_attempt IS NULL OR (excluded.last_attempt_at, excluded.last_attempt) > (d.last_attempt_at, d.last_attempt)', lastAttempt),
  ].join(', ')}`,
);
