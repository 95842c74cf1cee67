import type { Room } from './capacity.js';
import type { State } from './pace.js';

/** While nothing is known of an endpoint's pace, so many deliveries may wait for it here. */
const QUEUE_UNKNOWN = 1_000;
const MAX_QUEUED_BYTES = 4 * 1_024 * 1_024;
/** An endpoint that answers so many a second is brisk: a hold costs us about as much as one answer takes it. */
const BRISK_PER_SECOND = 100;
/** An endpoint that answers so many a second is quick: a delivery that waits for it is gone sooner than it could be held, which takes two more records and another line of the log. */
const QUICK_PER_SECOND = 1_000;
/** An endpoint that nothing is known of counts as brisk for so long. */
const BENEFIT_OF_DOUBT_MS = 1_000;
/** This share of an endpoint's silence may pass before Nuncio notices that the endpoint is back. */
export const PART_OF_SILENCE = 1 / 4;
/** An endpoint is expected to stay as it is for so many times as long as it has been so. */
const FORETELLS = 4;

export interface Circumstances {
  readonly state: State;
  /** Requests that may be in flight here; at least 1. */
  readonly places: number;
  readonly timeoutMs: number;
  /** null = no limit. `nextInMs`: until one may start. */
  readonly rate: { readonly perSecond: number; readonly nextInMs: number } | null;
}

/** How much may wait in a lane. */
export interface Allowance extends Room {
  /** How many of these may be fresh: not back from a hold. */
  readonly fresh: number;
}

/**
 * A lane's queue holds what its endpoint can answer within its timeout, at its pace and limits. Deliveries beyond that are turned away, and held.
 *
 * | endpoint            | deliveries                                                                  | bytes             |
 * |---------------------|-----------------------------------------------------------------------------|-------------------|
 * | unknown for < 1 s   | the tenant's room                                                           | the tenant's room |
 * | unknown             | 1,000                                                                       | 4 MiB             |
 * | answering ≥ 100/s   | pace × timeout                                                              | the tenant's room |
 * | answering           | pace × timeout, at least as many as its places                              | 4 MiB             |
 * | silent              | as many as its places; besides, what returned less than a second ago, 1,000 | 4 MiB             |
 *
 * The queue is never longer than the tenant's room in this process, nor than its rate lets start within the timeout. For an endpoint that answers ≥ 1,000/s, or is
 * unknown for < 1 s, the tenant's room is the whole process's: reading then stops when that is full.
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

/** Whether holding what waits would take longer than delivering it. */
export const isQuick = (state: State): boolean => isAnswering(state, QUICK_PER_SECOND);

/** At so many a second, or nothing is known of it yet, and it has the benefit of the doubt. */
const isAnswering = (state: State, perSecond: number): boolean =>
  state.is === 'answering' ? state.perSecond >= perSecond : state.is === 'unknown' && state.forMs < BENEFIT_OF_DOUBT_MS;

/**
 * Milliseconds until a delivery behind `ahead` others is expected to start, by the endpoint's pace and rate. For a silent endpoint it is a quarter of the silence, so
 * that an endpoint that hung for seconds gets its deliveries seconds later. It is never more than four times as long as the endpoint's pace is known.
 */
export function expectedWaitMs({ state, rate }: Circumstances, ahead: number, silenceMs: number): number {
  const bySilence = silenceMs * PART_OF_SILENCE;
  if (state.is === 'silent') return bySilence;
  const perSecond = state.is === 'answering' ? state.usualPerSecond : state.perSecond;
  const byPace = perSecond === null ? 0 : Math.min((ahead * 1_000) / perSecond, state.forMs * FORETELLS);
  const byRate = rate === null ? 0 : rate.nextInMs + (ahead * 1_000) / rate.perSecond;
  return Math.max(byPace, byRate, bySilence);
}

/** One may when the time has begun, and another after each interval. */
const startsWithin = (perSecond: number, ms: number): number => (ms < 0 ? 0 : 1 + Math.floor((ms * perSecond) / 1_000));
