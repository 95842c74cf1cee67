import { z } from 'zod';

/** Figures of token requests. */
export const tokenFigures = {
  requests: z.int().describe('The number of token requests'),
  outcomes: z.record(z.string(), z.int()).describe('Requests by `token` and error class'),
  latencyMs: z.object({ p50: z.number(), p95: z.number(), p99: z.number() }).describe('How long the requests took'),
};
export type TokenFigures = z.infer<z.ZodObject<typeof tokenFigures>>;

/**
 * SQL of the figures by these columns of `from`, which has `outcome` and `duration_ms`. There is one request per token, so these statistics need no
 * roll-up, and percentiles are exact. Rows are read and sorted once, and grouped by outcome and (`outcome` null) for the whole.
 */
export function tokenFiguresOf({ by, from }: { readonly by: readonly string[]; readonly from: string }): string {
  const columns = by.join(', ');
  return `SELECT ${columns}, (max(n) FILTER (WHERE outcome IS NULL))::int AS requests, json_object_agg(outcome, n) FILTER (WHERE outcome IS NOT NULL) AS outcomes,
    json_build_object('p50', max(latencies[1]) FILTER (WHERE outcome IS NULL), 'p95', max(latencies[2]) FILTER (WHERE outcome IS NULL), 'p99', max(latencies[3]) FILTER (WHERE outcome IS NULL)) AS "latencyMs"
  FROM (SELECT ${columns}, outcome, count(*) AS n, percentile_disc(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY duration_ms) AS latencies
        FROM ${from} GROUP BY ${columns}, ROLLUP (outcome)) r
  GROUP BY ${columns}`;
}
