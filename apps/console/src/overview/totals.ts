import type { Schemas } from '../api/client.js';

type Percentiles = Schemas['StatsPoint']['latencyMs'];

export interface Totals {
  readonly attempts: number;
  readonly delivered: number;
  /** By error class, most frequent first. */
  readonly failures: readonly (readonly [name: string, count: number])[];
  /** Of attempts, in the newest step in which one sent a request. */
  readonly latency: Percentiles;
  /** From publication to delivery, in the newest step that has a delivery; null = there is none. */
  readonly endToEnd: Percentiles | null;
}

/** How many had each outcome, with the successes apart. Failures stand most frequent first. */
export function outcomesOf(points: readonly { readonly outcomes: Readonly<Record<string, number>> }[], success = 'delivered'): Pick<Totals, 'delivered' | 'failures'> {
  const outcomes = new Map<string, number>();
  for (const point of points) for (const [name, count] of Object.entries(point.outcomes)) outcomes.set(name, (outcomes.get(name) ?? 0) + count);
  const delivered = outcomes.get(success) ?? 0;
  outcomes.delete(success);
  return { delivered, failures: [...outcomes].sort(([, a], [, b]) => b - a) };
}

/** Sums of all points. Percentiles are those of the newest step, since they cannot be added up. */
export const totalsOf = (points: readonly Schemas['StatsPoint'][]): Totals => ({
  ...outcomesOf(points),
  attempts: points.reduce((sum, { attempts }) => sum + attempts, 0),
  latency: points.findLast(({ latencyMs }) => latencyMs.p50 !== null)?.latencyMs ?? { p50: null, p95: null, p99: null },
  endToEnd: points.findLast(({ endToEndMs }) => endToEndMs !== null && endToEndMs.p50 !== null)?.endToEndMs ?? null,
});
