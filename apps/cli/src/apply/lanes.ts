import { setTimeout as pause } from 'node:timers/promises';
import { isPassing, Refused } from '../refused.js';

const MOST = 16;
/** So few are never too many: a tenant may have four changes under way. */
const LEAST = 4;
/** How often what failed on the installation's side is asked for again; what it has no room for, as long as it says so. */
const TRIES = 5;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

/**
 * Does `work` with each, several at a time, and calls `done` after each. What the installation has no room for (429) waits as long as `Retry-After` says, and
 * from then on fewer go at a time. Begins nothing once it is interrupted.
 */
export async function inLanes<T>(items: readonly T[], signal: AbortSignal, work: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values();
  let lanes = Math.min(MOST, items.length);
  const lane = async (): Promise<void> => {
    for (let isRefused = false; !(isRefused && lanes > LEAST) && !signal.aborted; ) {
      const { value, done } = waiting.next();
      if (done) return;
      isRefused = await patiently(signal, () => work(value));
    }
    lanes--;
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

/** Whatever is asked for so comes to the same however often it is. Answers whether there was no room for it at first. */
async function patiently(signal: AbortSignal, call: () => Promise<void>): Promise<boolean> {
  const isInterrupted = (): boolean => signal.aborted;
  let failures = 0;
  for (let isRefused = false; ; ) {
    try {
      await call();
      return isRefused;
    } catch (error) {
      if (!isPassing(error) || isInterrupted()) throw error;
      const isFull = error instanceof Refused && error.http === 429;
      isRefused ||= isFull;
      if (!isFull && ++failures === TRIES) throw error;
      const wait = (error instanceof Refused ? error.retryAfterMs : null) ?? Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures);
      // Who was refused together does not come back together.
      await pause(wait + Math.random() * FIRST_WAIT_MS, undefined, { signal }).catch(() => undefined);
      if (isInterrupted()) throw error;
    }
  }
}
