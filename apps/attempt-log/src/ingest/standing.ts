import type { Attempted, DeliveryFact, Hold } from '@nuncio/contracts';
import type { DeliveryStatus } from '../delivery-status.js';

/** What the facts of a delivery say of it together. Times in epoch milliseconds. */
export interface Standing {
  readonly status: DeliveryStatus;
  /** `pending`, `held`: when the next attempt is due. */
  readonly nextAt: number | null;
  /** `pending`, `held`: the record that waits to be carried out, as JSON of `Waits`. */
  readonly waits: string | null;
  readonly reason: string | null;
  /** It waits for its subscription to be activated at a later position; `delivered` may wait, too: for what was sent again by hand. */
  readonly parkedPosition: number | null;
  /** The highest number so far; a fact about number n that is no attempt says that there were n − 1. */
  readonly attempts: number;
  /** The last fact is no attempt: it is about the number that comes next. */
  readonly untried: boolean;
  /** `at` of the last fact. */
  readonly updatedAt: number;
  /** The first success; `at`: when it was answered. */
  readonly delivered: { readonly number: number; readonly at: number } | null;
}

/** A record that waits in a delay topic, and may be brought forward or canceled. */
export interface Waits extends Pick<Hold, 'reason' | 'retriesUsed' | 'hop' | 'holds'> {
  /** null = not held. */
  readonly held: Pick<Hold, 'for' | 'since' | 'givesUpAt' | 'tokenError'> | null;
}

/** What can happen to a delivery: its facts, an attempt by what came of it and what follows. */
export type Happening = Exclude<DeliveryFact['fact'], 'attempted'> | 'success' | 'failure, tried again' | 'failure, parked' | 'last failure';

/** Where each leaves a delivery. One that was delivered stays so, whatever happens to it afterwards (docs/log.md has it as a table). */
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

/** What one fact says. */
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

/** Facts of before the field do not say how much of the schedule was used. */
const waitsAs = ({ retriesUsed }: Extract<Attempted['next'], { step: 'later' }>): string | null =>
  retriesUsed === undefined ? null : JSON.stringify({ reason: 'retry', retriesUsed, hop: 0, holds: 0, held: null } satisfies Waits);

function heldAs({ reason, retriesUsed, hop, holds, for: isFor, since, givesUpAt, tokenError }: Hold): string {
  return JSON.stringify({ reason, retriesUsed, hop, holds, held: { for: isFor, since, givesUpAt, tokenError } } satisfies Waits);
}

export function cameTo({ outcome, next: { step } }: Attempted): Happening {
  if (outcome === 'delivered') return 'success';
  return step === 'later' ? 'failure, tried again' : step === 'parked' ? 'failure, parked' : 'last failure';
}

/**
 * What two standings of one delivery say together. The first success counts; but for that, the last fact. Neither order nor repetition matters, nor where a fact
 * lies: both(a, b) = both(b, a), both(a, a) = a, both(both(a, b), c) = both(a, both(b, c)).
 */
export function both(a: Standing, b: Standing): Standing {
  const last = isLater(b, a) ? b : a;
  const delivered = earlier(a.delivered, b.delivered);
  return delivered ? { ...last, status: 'delivered', nextAt: null, waits: null, reason: null, delivered } : last;
}

/**
 * A higher number is later; of one number, what was before its attempt is earlier than the attempt (it counts one attempt less). What happened before the same
 * attempt goes by `at`, which every fact has above that of the standing it came out of (`Errand.hop`), whatever the clocks say. The rest parts what has the
 * same time: nobody is to depend on which was read first.
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

/** As PostgreSQL compares in collation C. */
export const inBytes = (a: string, b: string): number => (a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b)));

type Success = Standing['delivered'];
function earlier(a: Success, b: Success): Success {
  if (!a || !b) return a ?? b;
  return (a.number - b.number || a.at - b.at) <= 0 ? a : b;
}
