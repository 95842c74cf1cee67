import type { Room } from './capacity.js';
import type { State } from './pace.js';

/** How many deliveries may wait here for an endpoint whose pace is unknown. */
const QUEUE_UNKNOWN = 1_000;
const MAX_QUEUED_BYTES = 4 * 1_024 * 1_024;
/** An endpoint with at least so many answers a second is brisk: holding a delivery costs Nuncio about as much as one answer takes. */
const BRISK_PER_SECOND = 100;
/**
 * An endpoint with at least so many answers a second is quick: a waiting delivery is sent sooner than it could be held, which takes two more records
 * and another row of the log.
 */
const QUICK_PER_SECOND = 1_000;
/** A new endpoint counts as brisk for so long. */
const BENEFIT_OF_DOUBT_MS = 1_000;
/** At most this share of an endpoint's silence passes before Nuncio notices that the endpoint is back. */
export const PART_OF_SILENCE = 1 / 4;
/** The present pace is expected to last at most so many times as long as it has lasted. */
const FORETELLS = 4;

export interface Circumstances {
  readonly state: State;
  /** Requests that may be in flight here; at least 1. */
  readonly places: number;
  readonly timeoutMs: number;
  /** The rate limit; null = none. `nextInMs`: milliseconds until one may start. */
  readonly rate: { readonly perSecond: number; readonly nextInMs: number } | null;
}

/** How many deliveries may wait in a lane. */
export interface Allowance extends Room {
  /** How many of them may be fresh, which means not back from a hold. */
  readonly fresh: number;
}

/**
 * A lane's queue holds what its endpoint can answer within its timeout, at its pace and limits. Deliveries beyond that are turned away, and held.
 *
 * | endpoint            | deliveries                                                                  | bytes             |
 * |---------------------|-----------------------------------------------------------------------------|-------------------|
 * | unknown for < 1 s   | the tenant's room                                                           | the tenant's room |
 * | unknown             | 1,000                                                                       | 4 MiB             |
 * | answering ≥ 100/s   | pace × timeout, at least as many as its places                              | the tenant's room |
 * | answering           | the same                                                                    | 4 MiB             |
 * | silent              | as many as its places; besides, what returned less than a second ago, 1,000 | 4 MiB             |
 *
 * The queue is never longer than the tenant's room in this process. Nor is it longer than its rate lets start within the timeout, except by what has just returned to a
 * silent endpoint. For an endpoint that answers ≥ 1,000/s, or is unknown for < 1 s, the tenant's room is the whole process's: reading then stops when that is full.
 */
export function allowanceOf(circumstances: Circumstances, room: Room, justReturned: () => number): Allowance {
  const { state, places, rate, timeoutMs } = circumstances;
  const byRate = rate === null ? room.deliveries : startsWithin(rate.perSecond, timeoutMs - rate.nextInMs);
  const atMost = Math.min(room.deliveries, byRate);
  const brisk = isAnswering(state, BRISK_PER_SECOND);
  const bytes = brisk ? room.bytes : Math.min(MAX_QUEUED_BYTES, room.bytes);
  if (state.is === 'silent') {
    const fresh = Math.min(places, atMost);
    return { fresh, deliveries: Math.min(room.deliveries, fresh + Math.min(justReturned(), QUEUE_UNKNOWN)), bytes };
  }
  const byPace = state.is === 'answering' ? Math.max(places, Math.floor((state.perSecond * timeoutMs) / 1_000)) : brisk ? room.deliveries : QUEUE_UNKNOWN;
  const deliveries = Math.min(atMost, byPace);
  return { fresh: deliveries, deliveries, bytes };
}

/** Whether holding the waiting deliveries would take longer than delivering them. */
export const isQuick = (state: State): boolean => isAnswering(state, QUICK_PER_SECOND);

/** Whether the endpoint answers so many a second, or is new and has the benefit of the doubt. */
const isAnswering = (state: State, perSecond: number): boolean =>
  state.is === 'answering' ? state.perSecond >= perSecond : state.is === 'unknown' && state.forMs < BENEFIT_OF_DOUBT_MS;

/**
 * Milliseconds until a delivery behind `ahead` others is expected to start, by the endpoint's pace and rate. For a silent endpoint it is a quarter of
 * the silence, so that an endpoint that hung for seconds gets its deliveries seconds later. It is at most four times as long as the pace has been
 * known.
 */
export function expectedWaitMs({ state, rate }: Circumstances, ahead: number, silenceMs: number): number {
  const bySilence = silenceMs * PART_OF_SILENCE;
  if (state.is === 'silent') return bySilence;
  const perSecond = state.is === 'answering' ? state.usualPerSecond : state.perSecond;
  const byPace = perSecond === null ? 0 : Math.min((ahead * 1_000) / perSecond, state.forMs * FORETELLS);
  const byRate = rate === null ? 0 : rate.nextInMs + (ahead * 1_000) / rate.perSecond;
  return Math.max(byPace, byRate, bySilence);
}

/** How many may start within `ms`: one at once, and another after each interval. */
const startsWithin = (perSecond: number, ms: number): number => Math.max(0, 1 + Math.floor((ms * perSecond) / 1_000));
