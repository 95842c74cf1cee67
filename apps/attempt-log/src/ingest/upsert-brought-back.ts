import type { DeliveryFact } from '@nuncio/contracts';
import type { DeliveryStatus } from '../delivery-status.js';
import { inBytes, standingOf } from './standing.js';
import { unnestInsert, type Column } from './unnest.js';

/** What became of a delivery that an operation brought back, as the last fact has it that names the operation. */
export interface BroughtBack {
  readonly operation: string;
  readonly delivery: string;
  readonly eventAt: number;
  readonly outcome: DeliveryStatus;
  readonly attempts: number;
  readonly untried: boolean;
  readonly at: number;
}

function rowOf(fact: DeliveryFact): BroughtBack[] {
  if (fact.operation === undefined) return [];
  const { status, attempts, untried, updatedAt } = standingOf(fact);
  return [{ operation: fact.operation, delivery: fact.delivery, eventAt: fact.eventAt, outcome: status, attempts, untried, at: updatedAt }];
}

/** Like `isLater` of standing.ts. */
const isLater = (a: BroughtBack, b: BroughtBack): boolean =>
  (a.attempts - b.attempts || Number(a.untried) - Number(b.untried) || a.at - b.at || inBytes(a.outcome, b.outcome)) > 0;

/** One row an operation and delivery, in one order; most facts make none. */
export function broughtBack(facts: Iterable<DeliveryFact>): BroughtBack[] {
  const rows = new Map<string, BroughtBack>();
  for (const fact of facts) {
    for (const row of rowOf(fact)) {
      const key = `${row.delivery} ${row.eventAt} ${row.operation}`;
      const known = rows.get(key);
      if (!known || isLater(row, known)) rows.set(key, row);
    }
  }
  return [...rows].sort(([a], [b]) => inBytes(a, b)).map(([, row]) => row);
}

export const broughtBackColumns: readonly Column<BroughtBack>[] = [
  { name: 'delivery', type: 'text', value: (row) => row.delivery },
  { name: 'event_at', type: 'timestamptz', value: (row) => row.eventAt },
  { name: 'operation', type: 'text', value: (row) => row.operation },
  { name: 'outcome', type: 'text', value: (row) => row.outcome },
  { name: 'attempts', type: 'int', value: (row) => row.attempts },
  { name: 'untried', type: 'bool', value: (row) => row.untried },
  { name: 'at', type: 'timestamptz', value: (row) => row.at },
];

const place = (row: string): string => `(${row}.attempts, ${row}.untried, ${row}.at, ${row}.outcome COLLATE "C")`;

/** Triggers count what it changes (log.operation_outcomes). */
export const UPSERT_BROUGHT_BACK = unnestInsert(
  'log.brought_back AS b',
  broughtBackColumns,
  `ON CONFLICT (delivery, event_at, operation) DO UPDATE SET ${['outcome', 'attempts', 'untried', 'at'].map((name) => `${name} = excluded.${name}`).join(', ')} WHERE ${place('excluded')} > ${place('b')}`,
);
