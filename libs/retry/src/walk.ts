import { tiers, type Tier } from '@nuncio/contracts';

/** A retry that is due sooner is timed in memory instead of being written to another tier. */
const IN_MEMORY_MS = 2_000;
/** A hop ends this long before the retry is due, so that the latency of tiers does not delay it. */
const MARGIN_MS = 1_000;
const HOLD_TIERS = 5;

const [shortest] = tiers;

/**
 * The tier of the next hop for a wait of `remainingMs`: the longest one that is at most the wait less a second (for the first hop at least the
 * shortest tier). null = wait in memory. A long wait is a sequence of such hops.
 */
export function nextTier(remainingMs: number, firstHop: boolean): Tier | null {
  if (!firstHop && remainingMs < IN_MEMORY_MS) return null;
  return tiers.findLast((tier) => tier.delayMs <= remainingMs - MARGIN_MS) ?? shortest ?? null;
}

/** The tiers for holds: 1, 5, 30 s, 2, 10 min. Shortest first. */
export const holdTiers: readonly Tier[] = tiers.slice(0, HOLD_TIERS);

/** The tier of a hold: the longest that is at most the expected wait (milliseconds), and at least 1 s. */
export function holdTier(expectedWaitMs: number): Tier {
  const chosen = holdTiers.findLast((tier) => tier.delayMs <= expectedWaitMs) ?? shortest;
  if (!chosen) throw new Error('there are no delay tiers');
  return chosen;
}
