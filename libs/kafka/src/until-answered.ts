import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';

const AGAIN_AFTER_MS = 200;
const logger = new Logger('Kafka');

/** Asks a broker until it answers: one that has just started, or a topic that has just been made, has no leader for a moment, which kafkajs does not sit out everywhere. */
export async function untilAnswered<T>(what: string, ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      logger.warn(`${what} cannot be read yet: ${String(error)}`);
      await pause(AGAIN_AFTER_MS);
    }
  }
}
