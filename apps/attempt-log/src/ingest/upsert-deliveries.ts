import type { DeliveryRow } from './delivery-row.js';
import { FreshRows } from './fresh-rows.js';
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

/** Columns that come from the last fact. */
const last: Column<DeliveryRow>[] = [
  { name: 'parked_position', type: 'bigint', value: (row) => row.standing.parkedPosition },
  { name: 'updated_at', type: 'timestamptz', value: (row) => row.standing.updatedAt },
  { name: 'untried', type: 'bool', value: (row) => row.standing.untried },
];

/** Columns that come from the last fact while the delivery is not delivered. */
const open: Column<DeliveryRow>[] = [
  { name: 'status', type: 'text', value: (row) => row.standing.status },
  { name: 'next_at', type: 'timestamptz', value: (row) => row.standing.nextAt },
  { name: 'reason', type: 'text', value: (row) => row.standing.reason },
  { name: 'waits', type: 'text', value: (row) => row.standing.waits },
];

const success: Column<DeliveryRow>[] = [
  { name: 'delivered_number', type: 'int', value: (row) => row.standing.delivered?.number ?? null },
  { name: 'delivered_at', type: 'timestamptz', value: (row) => row.standing.delivered?.at ?? null },
];

const attempts: Column<DeliveryRow>[] = [
  { name: 'attempts', type: 'int', value: (row) => row.standing.attempts },
  { name: 'first_attempt_at', type: 'timestamptz', value: (row) => row.firstAttemptAt },
];

const lastAttempt: Column<DeliveryRow>[] = [
  { name: 'last_number', type: 'int', value: (row) => row.lastAttempt?.number ?? null },
  { name: 'last_attempt_at', type: 'timestamptz', value: (row) => row.lastAttempt?.startedAt ?? null },
  { name: 'last_attempt', type: 'text', value: (row) => row.lastAttempt?.id ?? null },
  { name: 'response_status', type: 'int', value: (row) => row.lastAttempt?.responseStatus ?? null },
  { name: 'error_class', type: 'text', value: (row) => row.lastAttempt?.errorClass ?? null },
];

export const deliveryColumns = [...identity, ...last, ...open, ...success, ...attempts, ...lastAttempt];

/** Values of columns that rows of former releases lack. */
const FORMER: Readonly<Record<string, string>> = {
  untried: `NOT (d.status IN ('pending', 'delivered') OR d.status = 'failed' AND d.reason IS NULL OR d.status = 'parked' AND d.parked_position IS NULL)`,
  delivered_number: `CASE d.status WHEN 'delivered' THEN d.attempts END`,
  delivered_at: `CASE d.status WHEN 'delivered' THEN d.last_attempt_at END`,
  last_number: 'CASE WHEN d.last_attempt IS NOT NULL THEN d.attempts END',
};
type Row = 'd' | 'excluded';
const of = (row: Row, name: string): string => (row === 'd' && FORMER[name] ? `coalesce(d.${name}, ${FORMER[name]})` : `${row}.${name}`);

/** The order of `isLater` in standing.ts. */
const place = (row: Row): string => `(${row}.attempts, ${of(row, 'untried')}, ${row}.updated_at, coalesce(${row}.parked_position, -1),
  ${row}.status COLLATE "C", coalesce(${row}.next_at, '-infinity'), ${row}.reason IS NOT NULL, coalesce(${row}.reason, '') COLLATE "C",
  coalesce(${row}.waits, '') COLLATE "C")`;
const IS_LATER = `${place('excluded')} > ${place('d')}`;
/** The order of `earlier` in standing.ts. */
const successOf = (row: Row): string => `(${of(row, 'delivered_number')}, ${of(row, 'delivered_at')})`;
const IS_EARLIER = `coalesce(${successOf('excluded')} < ${successOf('d')}, ${of('d', 'delivered_number')} IS NULL)`;
/** The order of `laterAttempt` in delivery-row.ts. */
const attemptOf = (row: Row): string => `(${of(row, 'last_number')}, ${row}.last_attempt_at, ${row}.last_attempt COLLATE "C")`;
const IS_LATER_ATTEMPT = `d.last_attempt IS NULL OR ${attemptOf('excluded')} > ${attemptOf('d')}`;
const IS_DELIVERED = `'delivered' IN (excluded.status, d.status)`;

const setWhere = (condition: string, columns: Column<DeliveryRow>[]): string[] =>
  columns.map(({ name }) => `${name} = CASE WHEN ${condition} THEN excluded.${name} ELSE ${of('d', name)} END`);

/** `merge` of delivery-row.ts in SQL. */
export const UPSERT_DELIVERIES = unnestInsert(
  'log.deliveries AS d',
  deliveryColumns,
  `ON CONFLICT (id, event_at) DO UPDATE SET ${[
    ...setWhere(IS_LATER, last),
    `status = CASE WHEN ${IS_DELIVERED} THEN 'delivered' WHEN ${IS_LATER} THEN excluded.status ELSE d.status END`,
    ...['next_at', 'reason', 'waits'].map((name) => `${name} = CASE WHEN ${IS_DELIVERED} THEN NULL WHEN ${IS_LATER} THEN excluded.${name} ELSE d.${name} END`),
    // A delivery that was parked again is not released: a release made before this fact was read was of the former
    // parking.
    `released_at = CASE WHEN ${IS_LATER} THEN NULL ELSE d.released_at END`,
    ...setWhere(IS_EARLIER, success),
    'attempts = greatest(d.attempts, excluded.attempts)',
    'first_attempt_at = least(d.first_attempt_at, excluded.first_attempt_at)',
    'written = pg_current_xact_id()',
    ...setWhere(IS_LATER_ATTEMPT, lastAttempt),
  ].join(', ')}`,
);

/** Whether this is probably the first row of its delivery: its facts are about the first attempt. */
export const isFresh = ({ standing: { attempts, untried }, lastAttempt }: DeliveryRow): boolean => (lastAttempt ? lastAttempt.number === 1 && attempts === 1 : attempts === 0 && untried);

/** Triggers count these rows as they count upserted ones. */
export const freshDeliveries = (): FreshRows<DeliveryRow> => new FreshRows('log.deliveries', deliveryColumns);
