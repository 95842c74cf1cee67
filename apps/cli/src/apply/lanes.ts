import { setTimeout as pause } from 'node:timers/promises';
import { isPassing, Refused } from '../refused.js';

const MOST = 16;
/** So many may always go at once: a tenant may have four changes under way. */
const LEAST = 4;
/** How often a call is made that fails on the installation's side. A call that it has no room for is repeated as long as it says so. */
const TRIES = 5;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

/**
 * Does `work` with each item, several at a time. An item that the installation has no room for (429) waits as long as `Retry-After` says, and from then on fewer
 * go at a time. After an interruption, or an item's error, no further item is begun; what is under way ends first. Rejects with the first error.
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

/** Calls again while the failure is a passing one: every such call may be repeated. Answers whether there was no room for it at first. Ends early, and undone, when it is interrupted. */
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
      // Calls that were refused together must not come back together.
      await pause(wait + Math.random() * FIRST_WAIT_MS, undefined, { signal }).catch(() => undefined);
      if (isInterrupted()) return isRefused;
    }
  }
}
