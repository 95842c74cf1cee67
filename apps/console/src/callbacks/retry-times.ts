/** An attempt of the plan, if all before it fail. */
export interface PlannedAttempt {
  readonly number: number;
  /** Milliseconds from the failure before it. */
  readonly waitMs: number;
  /** Milliseconds after the first failure, if every attempt fails at once. */
  readonly earliestMs: number;
  /** The same with all jitter. */
  readonly latestMs: number;
}

/** The attempts after the first one. Jitter makes a wait longer by up to its share. */
export function plannedAttempts(delaysSeconds: readonly number[], jitter: number): PlannedAttempt[] {
  let earliestMs = 0;
  return delaysSeconds.map((seconds, i) => {
    const waitMs = seconds * 1_000;
    earliestMs += waitMs;
    return { number: i + 2, waitMs, earliestMs, latestMs: earliestMs * (1 + jitter) };
  });
}
