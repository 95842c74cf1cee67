import { channel } from 'node:diagnostics_channel';
import { setTimeout as pause } from 'node:timers/promises';
import { describeFault } from './kafka-faults.js';
import { saidBefore } from './said-before.js';

const AGAIN_MS = 500;
const SAY_EVERY_MS = 5_000;

export interface Wait {
  /** Infinity: without end. */
  readonly forMs: number;
  /** Whether waiting may help: not if the server answers, and refuses. */
  readonly isAway: (error: unknown) => boolean;
  readonly say?: (line: string) => void;
}

/** Told of what this process waits for, a sentence, and of `null` as soon as it is there. */
export const waits = channel('nuncio:waits');

/** The result of `reach`, as soon as the server is there. Says every few seconds that it waits, and why. Rejects with one sentence when the time is over. */
export async function waitForServer<T>(server: string, reach: () => Promise<T>, { forMs, isAway, say = console.log }: Wait): Promise<T> {
  const deadline = performance.now() + forMs;
  const isEndless = forMs === Infinity;
  const isOld = saidBefore(isEndless ? {} : { withinMs: SAY_EVERY_MS });
  let hasWaited = false;
  for (;;) {
    try {
      const reached = await reach();
      if (hasWaited) waits.publish(null);
      return reached;
    } catch (error) {
      const reason = reasonOf(error);
      if (!isAway(error)) throw new Error(`${server} refuses: ${reason}`, { cause: error });
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) throw new Error(`${server} was not there within ${Math.round(forMs / 1_000)} s: ${reason}`, { cause: error });
      hasWaited = true;
      // A wait with an end is told regularly, whatever the reason.
      if (!isOld(isEndless ? reason : server)) say(`waiting for ${server}${isEndless ? '' : `, ${Math.ceil(leftMs / 1_000)} s more`}: ${reason}`);
      waits.publish(`waiting for ${server}: ${reason}`);
      await pause(Math.min(AGAIN_MS, leftMs));
    }
  }
}

const reasonOf = (error: unknown): string => {
  const { code } = error as { code?: string };
  return [code, describeFault(error)].filter(Boolean).join(' ') || String(error);
};
