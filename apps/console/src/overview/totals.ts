import type { Schemas } from '../api/client.js';

export interface Totals {
  readonly attempts: number;
  readonly delivered: number;
  /** By error class, most frequent first. */
  readonly failures: readonly (readonly [name: string, count: number])[];
  /** Milliseconds, of the newest step with an attempt; null = nothing was attempted. */
  readonly p95: number | null;
}

/** All points together. */
export function totalsOf(points: readonly Schemas['StatsPoint'][]): Totals {
  const outcomes = new Map<string, number>();
  for (const point of points) for (const [name, count] of Object.entries(point.outcomes)) outcomes.set(name, (outcomes.get(name) ?? 0) + count);
  const delivered = outcomes.get('delivered') ?? 0;
  outcomes.delete('delivered');
  const latest = points.findLast(({ attempts }) => attempts > 0)?.latencyMs.p95 ?? null;
  return { attempts: points.reduce((sum, { attempts }) => sum + attempts, 0), delivered, failures: [...outcomes].sort(([, a], [, b]) => b - a), p95: latest };
}
