import type { DeliveryFact } from '@nuncio/contracts';
import { both, inBytes, standingOf, type Standing } from './standing.js';

/** A row of log.deliveries, computed from facts. Times in epoch milliseconds. */
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

/** The row that one fact gives. */
function rowOf(fact: DeliveryFact): DeliveryRow {
  const standing = standingOf(fact);
  if (fact.fact !== 'attempted') return { of: fact, standing, firstAttemptAt: null, lastAttempt: null };
  const { id, number, startedAt, response, error } = fact;
  return { of: fact, standing, firstAttemptAt: startedAt, lastAttempt: { number, startedAt, id, responseStatus: response?.status ?? null, errorClass: error?.class ?? null } };
}

/** Merges two rows of one delivery. Like `both`, independent of order and repetition. `UPSERT_DELIVERIES` is the same in SQL. */
export function merge(a: DeliveryRow, b: DeliveryRow): DeliveryRow {
  return {
    of: a.of,
    standing: both(a.standing, b.standing),
    firstAttemptAt: a.firstAttemptAt === null ? b.firstAttemptAt : Math.min(a.firstAttemptAt, b.firstAttemptAt ?? Infinity),
    lastAttempt: laterAttempt(a.lastAttempt, b.lastAttempt),
  };
}

type LastAttempt = DeliveryRow['lastAttempt'];
/** After a crash a number may be used twice. Ids break the tie between attempts of the same millisecond. */
function laterAttempt(a: LastAttempt, b: LastAttempt): LastAttempt {
  if (!a || !b) return a ?? b;
  return (a.number - b.number || a.startedAt - b.startedAt || inBytes(a.id, b.id)) >= 0 ? a : b;
}

/**
 * One row per delivery, since one statement must not touch a row twice. Sorted, so that concurrent statements lock rows in the same order and cannot
 * deadlock.
 */
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
