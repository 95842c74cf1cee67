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

const UNITS: readonly (readonly [ms: number, name: string])[] = [[86_400_000, 'd'], [3_600_000, 'h'], [60_000, 'min'], [1_000, 's']];

/** A wait by its two largest units, rounded: `10 s`, `1 min 10 s`, `20 h`. */
export function waitOf(ms: number): string {
  const first = UNITS.findIndex(([size]) => ms >= size);
  if (first === -1) return `${Number((ms / 1_000).toFixed(1))} s`;
  const units = UNITS.slice(first, first + 2);
  const [smallest = 1] = units.at(-1) ?? [];
  let rest = Math.round(ms / smallest) * smallest;
  const parts = units.map(([size, name]): [count: number, name: string] => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return [count, name];
  });
  return parts.filter(([count]) => count > 0).map((part) => part.join(' ')).join(' ');
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
