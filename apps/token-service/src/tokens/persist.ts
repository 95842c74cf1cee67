import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/** Repeats `work` until Redis accepts it, with growing pauses; null = not before the deadline (`performance.now()`). */
export async function persist<T>(work: () => Promise<T>, deadline: number): Promise<T | null> {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * pauseMs)) {
    try {
      return await work();
    } catch (error) {
      if (performance.now() + pauseMs > deadline) {
        new Logger('Redis').warn(`giving up for this request: ${error instanceof Error ? error.message : String(error)}`);
        return null;
      }
      await pause(pauseMs);
    }
  }
}
