import { setTimeout as delay } from 'node:timers/promises';

const PAUSE_MS = 50;
/** Longer than anything takes that is waited for, a hold of two minutes among it, on a busy machine. A test that measures a time compares two times. */
const WITHIN_MS = 150_000;

/** Calls `look` until it does not throw, and returns its result. Throws the last error once the time is up. */
export async function eventually<T>(look: () => T | Promise<T>, withinMs = WITHIN_MS): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await delay(PAUSE_MS);
    }
  }
}
