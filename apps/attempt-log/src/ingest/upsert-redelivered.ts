import type { DeliveryFact, Dropped } from '@nuncio/contracts';
import type { DeliveryStatus } from '../delivery-status.js';
import { inBytes, standingOf } from './standing.js';
import { unnestInsert, type Column } from './unnest.js';

/** The result of a delivery that an operation sent again, by the last fact that names the operation. */
interface Redelivered {
  readonly operation: string;
  readonly delivery: string;
  readonly eventAt: number;
  readonly outcome: DeliveryStatus | 'dropped';
  readonly attempts: number;
  readonly untried: boolean;
  readonly at: number;
  /** The highest attempt number that was dropped; null = none. It counts if the other facts end before it (triggers of log.redelivered). */
  readonly dropped: number | null;
}

/** The result before any other fact is known; each of those is later. */
const NOTHING_SAID = { outcome: 'dropped', attempts: -1, untried: false, at: 0 } as const;

function rowOf(fact: DeliveryFact | Dropped): Redelivered[] {
  const { operation, delivery, eventAt } = fact;
  if (operation === undefined) return [];
  if (fact.fact === 'dropped') return [{ operation, delivery, eventAt, ...NOTHING_SAID, dropped: fact.number }];
  const { status, attempts, untried, updatedAt } = standingOf(fact);
  return [{ operation, delivery, eventAt, outcome: status, attempts, untried, at: updatedAt, dropped: null }];
}

/** Like `isLater` of standing.ts. */
const isLater = (a: Redelivered, b: Redelivered): boolean =>
  (a.attempts - b.attempts || Number(a.untried) - Number(b.untried) || a.at - b.at || inBytes(a.outcome, b.outcome)) > 0;

function both(a: Redelivered, b: Redelivered): Redelivered {
  const dropped = Math.max(a.dropped ?? 0, b.dropped ?? 0);
  return { ...(isLater(a, b) ? a : b), dropped: dropped === 0 ? null : dropped };
}

/** One row per operation and delivery, sorted. Most facts belong to no operation. */
export function redelivered(facts: Iterable<DeliveryFact | Dropped>): Redelivered[] {
  const rows = new Map<string, Redelivered>();
  for (const fact of facts) {
    for (const row of rowOf(fact)) {
      const key = `${row.delivery} ${row.eventAt} ${row.operation}`;
      const known = rows.get(key);
      rows.set(key, known ? both(row, known) : row);
    }
  }
  return [...rows].sort(([a], [b]) => inBytes(a, b)).map(([, row]) => row);
}

export const redeliveredColumns: readonly Column<Redelivered>[] = [
  { name: 'delivery', type: 'text', value: (row) => row.delivery },
  { name: 'event_at', type: 'timestamptz', value: (row) => row.eventAt },
  { name: 'operation', type: 'text', value: (row) => row.operation },
  { name: 'outcome', type: 'text', value: (row) => row.outcome },
  { name: 'attempts', type: 'int', value: (row) => row.attempts },
  { name: 'untried', type: 'bool', value: (row) => row.untried },
  { name: 'at', type: 'timestamptz', value: (row) => row.at },
  { name: 'dropped', type: 'int', value: (row) => row.dropped },
];

const place = (row: string): string => `(${row}.attempts, ${row}.untried, ${row}.at, ${row}.outcome COLLATE "C")`;
const IS_LATER = `${place('excluded')} > ${place('b')}`;

/** Triggers count the changes (log.operation_outcomes). */
export const UPSERT_REDELIVERED = unnestInsert(
  'log.redelivered AS b',
  redeliveredColumns,
  `ON CONFLICT (delivery, event_at, operation) DO UPDATE SET ${['outcome', 'attempts', 'untried', 'at'].map((name) => `${name} = CASE WHEN ${IS_LATER} THEN excluded.${name} ELSE b.${name} END`).join(', ')},
    dropped = greatest(b.dropped, excluded.dropped) WHERE ${IS_LATER} OR excluded.dropped > coalesce(b.dropped, 0)`,
);
