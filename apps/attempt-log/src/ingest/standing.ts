import type { Attempted, DeliveryFact, Hold } from '@nuncio/contracts';
import type { DeliveryStatus } from '../delivery-status.js';

/** The state of a delivery, computed from its facts. Times in epoch milliseconds. */
export interface Standing {
  readonly status: DeliveryStatus;
  /** `pending`, `held`: when the next attempt is due. */
  readonly nextAt: number | null;
  /** `pending`, `held`: the record that waits for the next attempt, as JSON of `Waits`. */
  readonly waits: string | null;
  readonly reason: string | null;
  /** The delivery waits for its subscription to be activated at a later position. A `delivered` one may wait too: it was sent again by hand. */
  readonly parkedPosition: number | null;
  /** The highest attempt number so far. A fact about number n that is no attempt means that there were n − 1. */
  readonly attempts: number;
  /** The last fact is no attempt; it is about the next attempt. */
  readonly untried: boolean;
  /** `at` of the last fact. */
  readonly updatedAt: number;
  /** The first success. `at`: when the answer arrived. */
  readonly delivered: { readonly number: number; readonly at: number } | null;
}

/** A record that waits in a delay topic. It may be brought forward or canceled. */
export interface Waits extends Pick<Hold, 'reason' | 'retriesUsed' | 'hop' | 'holds'> {
  /** null = not held. */
  readonly held: Pick<Hold, 'for' | 'since' | 'givesUpAt' | 'tokenError'> | null;
}

/** The kinds of facts. An attempt is one of four, by its result and next step. */
export type Happening = Exclude<DeliveryFact['fact'], 'attempted'> | 'success' | 'failure, tried again' | 'failure, parked' | 'last failure';

/** The status that each fact leads to. A delivered delivery stays delivered, whatever follows (table in docs/log.md). */
export const LEADS_TO: Readonly<Record<Happening, DeliveryStatus>> = {
  success: 'delivered',
  'failure, tried again': 'pending',
  'failure, parked': 'parked',
  'last failure': 'failed',
  held: 'held',
  parked: 'parked',
  skipped: 'skipped',
  canceled: 'canceled',
  exhausted: 'failed',
  expired: 'expired',
};

/** The standing that one fact gives. */
export function standingOf(fact: DeliveryFact): Standing {
  const none = { nextAt: null, waits: null, reason: null, parkedPosition: null, updatedAt: fact.at, delivered: null };
  if (fact.fact === 'attempted') {
    const delivered = fact.outcome === 'delivered' ? { number: fact.number, at: fact.startedAt + Math.round(fact.timingsMs.token + fact.timingsMs.total) } : null;
    const retry = !delivered && fact.next.step === 'later' ? fact.next : null;
    return { ...none, status: LEADS_TO[cameTo(fact)], nextAt: retry?.notBefore ?? null, waits: retry && waitsAs(retry), attempts: fact.number, untried: false, delivered };
  }
  const number = fact.fact === 'skipped' ? 1 : fact.number;
  const parkedPosition = fact.fact === 'parked' ? fact.position : null;
  const hold = fact.fact === 'held' ? fact.hold : undefined;
  const waits = hold ? { nextAt: hold.notBefore, waits: heldAs(hold) } : {};
  return { ...none, ...waits, status: LEADS_TO[fact.fact], reason: fact.reason, parkedPosition, attempts: number - 1, untried: true };
}

/** Facts of former releases lack the number of retries used. */
const waitsAs = ({ retriesUsed }: Extract<Attempted['next'], { step: 'later' }>): string | null =>
  retriesUsed === undefined ? null : JSON.stringify({ reason: 'retry', retriesUsed, hop: 0, holds: 0, held: null } satisfies Waits);

function heldAs({ reason, retriesUsed, hop, holds, for: isFor, since, givesUpAt, tokenError }: Hold): string {
  return JSON.stringify({ reason, retriesUsed, hop, holds, held: { for: isFor, since, givesUpAt, tokenError } } satisfies Waits);
}

function cameTo({ outcome, next: { step } }: Attempted): Happening {
  if (outcome === 'delivered') return 'success';
  return step === 'later' ? 'failure, tried again' : step === 'parked' ? 'failure, parked' : 'last failure';
}

/**
 * Merges two standings of one delivery. The first success counts; apart from that, the last fact. The result does not depend on order, repetition or
 * the place of a fact: both(a, b) = both(b, a), both(a, a) = a, both(both(a, b), c) = both(a, both(b, c)).
 */
export function both(a: Standing, b: Standing): Standing {
  const last = isLater(b, a) ? b : a;
  const delivered = earlier(a.delivered, b.delivered);
  return delivered ? { ...last, status: 'delivered', nextAt: null, waits: null, reason: null, delivered } : last;
}

/**
 * The fact with the higher attempt number is later. A fact before attempt n counts n − 1 attempts, so it is earlier than the attempt. Facts before
 * the same attempt go by `at`: each has an `at` above that of the standing it follows from (`Errand.hop`), whatever the clocks say. The other fields
 * only break ties, so that the order of reading never matters.
 */
function isLater(a: Standing, b: Standing): boolean {
  const differ =
    a.attempts - b.attempts ||
    Number(a.untried) - Number(b.untried) ||
    a.updatedAt - b.updatedAt ||
    (a.parkedPosition ?? -1) - (b.parkedPosition ?? -1) ||
    inBytes(a.status, b.status) ||
    (a.nextAt ?? -1) - (b.nextAt ?? -1) ||
    Number(a.reason !== null) - Number(b.reason !== null) ||
    inBytes(a.reason ?? '', b.reason ?? '') ||
    inBytes(a.waits ?? '', b.waits ?? '');
  return differ > 0;
}

/** Compares as PostgreSQL does in collation C. */
export const inBytes = (a: string, b: string): number => (a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b)));

type Success = Standing['delivered'];
function earlier(a: Success, b: Success): Success {
  if (!a || !b) return a ?? b;
  return (a.number - b.number || a.at - b.at) <= 0 ? a : b;
}
