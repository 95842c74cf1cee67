import { setTimeout as pause } from 'node:timers/promises';

const AGAIN_MS = 1_000;
const SAY_EVERY_MS = 5_000;

export interface Wait {
  readonly forMs: number;
  /** Whether waiting may help: not where the server answers, and refuses. */
  readonly isAway: (error: unknown) => boolean;
  readonly say?: (line: string) => void;
}

/** The result of `reach`, as soon as the server is there. Says every few seconds that it waits. Rejects with one sentence when the time is over. */
export async function waitForServer<T>(server: string, reach: () => Promise<T>, { forMs, isAway, say = console.log }: Wait): Promise<T> {
  const deadline = performance.now() + forMs;
  let said = -Infinity;
  for (;;) {
    try {
      return await reach();
    } catch (error) {
      const reason = reasonOf(error);
      if (!isAway(error)) throw new Error(`${server} refuses: ${reason}`, { cause: error });
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) throw new Error(`${server} was not there within ${Math.round(forMs / 1_000)} s: ${reason}`, { cause: error });
      if (performance.now() - said >= SAY_EVERY_MS) {
        said = performance.now();
        say(`waiting for ${server}, ${Math.ceil(leftMs / 1_000)} s more: ${reason}`);
      }
      await pause(Math.min(AGAIN_MS, leftMs));
    }
  }
}

const reasonOf = (error: unknown): string => {
  const { message, code } = error as { message?: string; code?: string };
  return [code, message].filter(Boolean).join(' ') || String(error);
};
