import type { Schemas } from '../api/client.js';

/** One more attempt, if all before it fail. */
export interface Planned {
  readonly number: number;
  /** Milliseconds after the attempt that is due, without jitter. */
  readonly afterMs: number;
}

interface Waiting extends Pick<Schemas['Delivery'], 'next' | 'attemptCount'> {
  readonly attempts: readonly Pick<Schemas['Attempt'], 'reason'>[];
}

/** The attempts after the one that is due, by the present settings of the callback, which apply whenever an attempt is due. A replay begins its retries anew. */
export function planOf({ next, attemptCount, attempts }: Waiting, { delaysSeconds }: Pick<Schemas['Callback']['retry'], 'delaysSeconds'>): Planned[] {
  if (next.step !== 'later') return [];
  const retriesBegun = attempts.length - attempts.findLastIndex(({ reason }) => reason !== 'retry');
  let afterMs = 0;
  return delaysSeconds.slice(retriesBegun).map((seconds, i) => ({ number: attemptCount + 2 + i, afterMs: (afterMs += seconds * 1_000) }));
}
