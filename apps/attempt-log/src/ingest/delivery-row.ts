import type { DeliveryFact } from '@nuncio/contracts';
import { both, inBytes, standingOf, type Standing } from './standing.js';

/** What facts make of a delivery: a row of log.deliveries. Times in epoch milliseconds. */
export interface DeliveryRow {
  readonly of: Pick<
    DeliveryFact,
    'delivery' | 'event' | 'eventAt' | 'eventType' | 'ceId' | 'ceSource' | 'tenant' | 'application' | 'callback' | 'subscription'
  >;
  readonly standing: Standing;
  readonly firstAttemptAt: number | null;
  readonly lastAttempt: {
    readonly number: number;
    readonly startedAt: number;
    readonly id: string;
    readonly responseStatus: number | null;
    readonly errorClass: string | null;
  } | null;
}

/** What one fact says. */
export function rowOf(fact: DeliveryFact): DeliveryRow {
  const standing = standingOf(fact);
  if (fact.fact !== 'attempted') return { of: fact, standing, firstAttemptAt: null, lastAttempt: null };
  const { id, number, startedAt, response, error } = fact;
  return { of: fact, standing, firstAttemptAt: startedAt, lastAttempt: { number, startedAt, id, responseStatus: response?.status ?? null, errorClass: error?.class ?? null } };
}

/** What two rows of one delivery say together; like `both`, whatever their order and repetition. `UPSERT_DELIVERIES` is the same in SQL. */
export function merge(a: DeliveryRow, b: DeliveryRow): DeliveryRow {
  return {
    of: a.of,
    standing: both(a.standing, b.standing),
    firstAttemptAt: a.firstAttemptAt === null ? b.firstAttemptAt : Math.min(a.firstAttemptAt, b.firstAttemptAt ?? Infinity),
    lastAttempt: laterAttempt(a.lastAttempt, b.lastAttempt),
  };
}

type LastAttempt = DeliveryRow['lastAttempt'];
/** A crash repeats a number; ids break the tie of the same millisecond. */
function laterAttempt(a: LastAttempt, b: LastAttempt): LastAttempt {
  if (!a || !b) return a ?? b;
  return (a.number - b.number || a.startedAt - b.startedAt || inBytes(a.id, b.id)) >= 0 ? a : b;
}

/** One row per delivery, which one statement must not touch twice; in one order, in which statements at the same time wait for each other's rows without a deadlock. */
export function fold(facts: Iterable<DeliveryFact>): DeliveryRow[] {
  const rows = new Map<string, DeliveryRow>();
  for (const fact of facts) {
    const key = `${fact.delivery} ${fact.eventAt}`;
    const row = rowOf(fact);
    const known = rows.get(key);
    rows.set(key, known ? merge(known, row) : row);
  }
  return [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}
