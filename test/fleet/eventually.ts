import { setTimeout as delay } from 'node:timers/promises';

const PAUSE_MS = 50;

/** Calls `look` until it does not throw, and returns its result. Throws the last error once the time is up. */
export async function eventually<T>(look: () => T | Promise<T>, withinMs = 20_000): Promise<T> {
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
