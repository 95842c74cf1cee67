import { tiers, type Tier } from '@nuncio/contracts';

/** A retry that is due sooner than this is timed in memory, and not written to another tier. */
const IN_MEMORY_MS = 2_000;
/** A hop ends this long before the step is due, so that what the tiers add in latency is never visible. */
const MARGIN_MS = 1_000;
const HOLD_TIERS = 5;

const [shortest] = tiers;

/**
 * The next hop of a wait of `remainingMs`: the longest tier not longer than what remains less a second (at least the shortest, for the first hop),
 * or null = wait in memory. A wait of any length is a walk of such hops.
 */
export function nextTier(remainingMs: number, firstHop: boolean): Tier | null {
  if (!firstHop && remainingMs < IN_MEMORY_MS) return null;
  return tiers.findLast((tier) => tier.delayMs <= remainingMs - MARGIN_MS) ?? shortest ?? null;
}

/** The tiers for holds: 1, 5, 30 s, 2, 10 min. Shortest first. */
export const holdTiers: readonly Tier[] = tiers.slice(0, HOLD_TIERS);

/** The tier of a hold: the longest one not above the expected wait, in milliseconds; at least 1 s. */
export function holdTier(expectedWaitMs: number): Tier {
  const chosen = holdTiers.findLast((tier) => tier.delayMs <= expectedWaitMs) ?? shortest;
  if (!chosen) throw new Error('there are no delay tiers');
  return chosen;
}
