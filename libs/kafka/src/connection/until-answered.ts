import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { describeFault } from './kafka-faults.js';
import { saidBefore } from './said-before.js';

const AGAIN_AFTER_MS = 200;
const logger = new Logger('Kafka');

/**
 * Asks a broker until it answers. A broker that has just started, or a topic that has just been made, has no leader for a moment, and kafkajs does not wait for that
 * everywhere. Null = `signal` aborted before: kafkajs tries for half a minute by itself, and cannot be told to stop.
 */
export async function untilAnswered<T>(what: string, ask: () => Promise<T>, signal: AbortSignal): Promise<T | null> {
  return unlessAborted(answered(what, ask, signal), signal);
}

/** What `work` resolves with; null if `signal` aborts before. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | null> {
  const { promise: aborted, resolve } = Promise.withResolvers<null>();
  const abort = (): void => { resolve(null); };
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await Promise.race([aborted, work]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

async function answered<T>(what: string, ask: () => Promise<T>, signal: AbortSignal): Promise<T | null> {
  const isOver = (): boolean => signal.aborted;
  const isSaid = saidBefore();
  while (!isOver()) {
    try {
      return await ask();
    } catch (error) {
      if (isOver()) break;
      const line = `${what} cannot be read; trying again: ${describeFault(error)}`;
      if (!isSaid(line)) logger.warn(line);
      await pause(AGAIN_AFTER_MS);
    }
  }
  return null;
}
