import { setTimeout as pause } from 'node:timers/promises';
import { isPassing, Refused } from '../refused.js';

const MOST = 16;
/** A tenant may always have this many changes in progress. */
const LEAST = 4;
/** How often a call is repeated that fails on the installation's side. A call refused for lack of room (429) is repeated without a limit. */
const TRIES = 5;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

/**
 * Does `work` for each item, several at a time. After a 429 the item waits as `Retry-After` says, and fewer run at a time from then on. After an
 * interruption, or an item's error, no further item is begun; those in progress end first. Rejects with the first error.
 */
export async function inLanes<T>(items: readonly T[], signal: AbortSignal, work: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values();
  let lanes = Math.min(MOST, items.length);
  const errors: unknown[] = [];
  const lane = async (): Promise<void> => {
    for (let isRefused = false; !(isRefused && lanes > LEAST) && !signal.aborted && !errors.length; ) {
      const { value, done } = waiting.next();
      if (done) return;
      try {
        isRefused = await patiently(signal, () => work(value));
      } catch (error) {
        errors.push(error);
      }
    }
    lanes--;
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  if (errors.length) throw errors[0];
}

/**
 * Repeats a call while it fails with a passing error; every such call may be repeated. Returns whether it was refused for lack of room. Returns
 * early, without success, if it is interrupted.
 */
async function patiently(signal: AbortSignal, call: () => Promise<void>): Promise<boolean> {
  const isInterrupted = (): boolean => signal.aborted;
  let failures = 0;
  for (let isRefused = false; ; ) {
    try {
      await call();
      return isRefused;
    } catch (error) {
      if (!isPassing(error)) throw error;
      if (isInterrupted()) return isRefused;
      const isFull = error instanceof Refused && error.http === 429;
      isRefused ||= isFull;
      if (!isFull && ++failures === TRIES) throw error;
      const wait = (error instanceof Refused ? error.retryAfterMs : null) ?? Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures);
      // Spread out, so that calls refused together do not come back together.
      await pause(wait + Math.random() * FIRST_WAIT_MS, undefined, { signal }).catch(() => undefined);
      if (isInterrupted()) return isRefused;
    }
  }
}
