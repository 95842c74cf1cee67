import type { Attempted, DeliveryFact } from '@nuncio/contracts';
import type { DeliveryStatus } from '../delivery-status.js';

/** What facts make of a delivery: a row of log.deliveries. Times in epoch milliseconds. */
export interface DeliveryRow {
  readonly of: Pick<
    DeliveryFact,
    'delivery' | 'event' | 'eventAt' | 'eventType' | 'ceId' | 'ceSource' | 'tenant' | 'application' | 'callback' | 'subscription'
  >;
  /** Of the last fact. */
  readonly standing: {
    readonly status: DeliveryStatus;
    readonly nextAt: number | null;
    readonly reason: string | null;
    readonly parkedPosition: number | null;
    readonly updatedAt: number;
    readonly factOffset: number;
  };
  readonly attempts: number;
  readonly firstAttemptAt: number | null;
  readonly lastAttempt: { readonly id: string; readonly startedAt: number; readonly responseStatus: number | null; readonly errorClass: string | null } | null;
}

/** What one fact says. */
export function rowOf(fact: DeliveryFact, offset: number): DeliveryRow {
  const standing = { nextAt: null, parkedPosition: null, updatedAt: fact.at, factOffset: offset };
  const none = { of: fact, attempts: 0, firstAttemptAt: null, lastAttempt: null };
  switch (fact.fact) {
    case 'attempted':
      return { of: fact, standing: { ...standing, ...standingAfter(fact) }, ...attemptOf(fact) };
    case 'parked':
      return { ...none, standing: { ...standing, status: 'parked', reason: fact.reason, parkedPosition: fact.position } };
    case 'exhausted':
      return { ...none, standing: { ...standing, status: 'failed', reason: fact.reason } };
    case 'held':
    case 'skipped':
    case 'canceled':
    case 'expired':
      return { ...none, standing: { ...standing, status: fact.fact, reason: fact.reason } };
  }
}

function standingAfter({ next, outcome }: Attempted): Pick<DeliveryRow['standing'], 'status' | 'nextAt' | 'reason'> {
  switch (next.step) {
    case 'later':
      return { status: 'pending', nextAt: next.notBefore, reason: null };
    case 'parked':
      return { status: 'parked', nextAt: null, reason: null };
    case 'dead':
      return { status: 'failed', nextAt: null, reason: null };
    case 'done':
      return { status: outcome, nextAt: null, reason: null };
  }
}

const attemptOf = (fact: Attempted): Omit<DeliveryRow, 'of' | 'standing'> => ({
  attempts: fact.number,
  firstAttemptAt: fact.startedAt,
  lastAttempt: { id: fact.id, startedAt: fact.startedAt, responseStatus: fact.response?.status ?? null, errorClass: fact.error?.class ?? null },
});

/**
 * What two rows of one delivery say together. The last fact and the last attempt win, the rest is the least or the greatest; so neither order nor repetition
 * matters: merge(a, b) = merge(b, a), merge(a, a) = a. `UPSERT_DELIVERIES` is the same in SQL.
 */
export function merge(a: DeliveryRow, b: DeliveryRow): DeliveryRow {
  return {
    of: a.of,
    standing: a.standing.factOffset >= b.standing.factOffset ? a.standing : b.standing,
    attempts: Math.max(a.attempts, b.attempts),
    firstAttemptAt: a.firstAttemptAt === null ? b.firstAttemptAt : Math.min(a.firstAttemptAt, b.firstAttemptAt ?? Infinity),
    lastAttempt: laterAttempt(a.lastAttempt, b.lastAttempt),
  };
}

type LastAttempt = DeliveryRow['lastAttempt'];
/** Ids break the tie of attempts that a crash repeated within the same millisecond. */
function laterAttempt(a: LastAttempt, b: LastAttempt): LastAttempt {
  if (!a || !b) return a ?? b;
  if (a.startedAt !== b.startedAt) return a.startedAt > b.startedAt ? a : b;
  return a.id >= b.id ? a : b;
}

/** One row per delivery, which one statement must not touch twice; in one order, in which statements at the same time wait for each other's rows without a deadlock. */
export function fold(facts: Iterable<{ readonly fact: DeliveryFact; readonly offset: number }>): DeliveryRow[] {
  const rows = new Map<string, DeliveryRow>();
  for (const { fact, offset } of facts) {
    const key = `${fact.delivery} ${fact.eventAt}`;
    const row = rowOf(fact, offset);
    const known = rows.get(key);
    rows.set(key, known ? merge(known, row) : row);
  }
  return [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}
