import { setTimeout as pause } from 'node:timers/promises';
import { isFault } from '@nuncio/contracts';
import { faultOf } from './unavailable.js';

const AGAIN_AFTER_MS = 500;

/**
 * What a service does with its database at its start. The work begins again while PostgreSQL is away: it may go away after the service has seen that it is there, and the service
 * would end. Rejects with any other error.
 */
export async function onceThere<T>(work: () => Promise<T>): Promise<T> {
  for (;;)
    try {
      return await work();
    } catch (error) {
      const fault = isFault(error) ? error : faultOf(error);
      if (fault?.code !== 'unavailable') throw error;
      await pause(AGAIN_AFTER_MS);
    }
}
