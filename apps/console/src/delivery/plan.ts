import type { Schemas } from '../api/client.js';

/** One more attempt, if all before it fail. */
export interface Planned {
  readonly number: number;
  /** Since the attempt that is due, in milliseconds; without jitter. */
  readonly afterMs: number;
}

interface Waiting extends Pick<Schemas['Delivery'], 'next' | 'attemptCount'> {
  readonly attempts: readonly Pick<Schemas['Attempt'], 'reason'>[];
}

/** The attempts after the one that is due, by the callback as it is now, which is what counts whenever one is due. What was asked for (a replay) begins its retries anew. */
export function planOf({ next, attemptCount, attempts }: Waiting, { delaysSeconds }: Pick<Schemas['Callback']['retry'], 'delaysSeconds'>): Planned[] {
  if (next.step !== 'later') return [];
  const retriesBegun = attempts.length - attempts.findLastIndex(({ reason }) => reason !== 'retry');
  let afterMs = 0;
  return delaysSeconds.slice(retriesBegun).map((seconds, i) => ({ number: attemptCount + 2 + i, afterMs: (afterMs += seconds * 1_000) }));
}
