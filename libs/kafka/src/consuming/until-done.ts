import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';

const AGAIN_AFTER_MS = 1_000;
const logger = new Logger('Kafka');

/** Tries again, a second after each failure, until it succeeds; false = the signal was aborted before. `what`: whose failure the log tells. */
export async function untilDone(signal: AbortSignal, what: string, work: () => Promise<unknown>): Promise<boolean> {
  while (!signal.aborted) {
    try {
      await work();
      return true;
    } catch (error) {
      logger.warn(`${what}: ${error instanceof Error ? error.message : String(error)}; trying again in ${AGAIN_AFTER_MS} ms`);
      await pause(AGAIN_AFTER_MS, undefined, { signal }).catch(() => undefined);
    }
  }
  return false;
}
