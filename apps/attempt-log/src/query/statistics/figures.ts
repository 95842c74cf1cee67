import { z } from 'zod';
import { DeliveryStatus } from '../../delivery-status.js';
import { percentile } from './latency-bucket.js';

/** A count of attempts or deliveries with the same values. */
export interface Counted {
  /** An outcome (attempts) or a status (deliveries). */
  readonly what: string;
  /** The bucket of its latency; -1 = it has none. */
  readonly bucket: number;
  readonly n: number;
}

const Percentiles = z.object({ p50: z.number().nullable(), p95: z.number().nullable(), p99: z.number().nullable() });

/** The figures of a point in a chart, or of a rank. */
export const figures = {
  attempts: z.int().describe('The number of attempts'),
  outcomes: z.record(z.string(), z.int()).describe('Attempts by `delivered` and error class').meta({ examples: [{ delivered: 11, timeout: 1 }] }),
  latencyMs: Percentiles.describe('How long the attempts took that were sent'),
  deliveries: z.object({ total: z.int(), ...Object.fromEntries(DeliveryStatus.options.map((status) => [status, z.int()])) } as { total: z.ZodInt } & Record<DeliveryStatus, z.ZodInt>).nullable().describe('Deliveries of events published in this time, by present status; null = the query is about attempts only'),
  endToEndMs: Percentiles.nullable().describe('From publishing to the answer of the first success, for delivered deliveries'),
};

const sumBy = <K>(rows: readonly Counted[], key: (row: Counted) => K): Map<K, number> => {
  const sums = new Map<K, number>();
  for (const row of rows) sums.set(key(row), (sums.get(key(row)) ?? 0) + row.n);
  return sums;
};

function percentiles(rows: readonly Counted[]) {
  const buckets = sumBy(rows.filter(({ bucket }) => bucket >= 0), ({ bucket }) => bucket);
  return { p50: percentile(buckets, 0.5), p95: percentile(buckets, 0.95), p99: percentile(buckets, 0.99) };
}

const total = (rows: readonly Counted[]): number => rows.reduce((sum, { n }) => sum + n, 0);

/** `deliveries` null = the query does not apply to deliveries. */
export function figuresOf(attempts: readonly Counted[], deliveries: readonly Counted[] | null) {
  const standing = deliveries && sumBy(deliveries, ({ what }) => what);
  return {
    attempts: total(attempts),
    outcomes: Object.fromEntries(sumBy(attempts, ({ what }) => what)),
    latencyMs: percentiles(attempts),
    deliveries: deliveries && { total: total(deliveries), ...(Object.fromEntries(DeliveryStatus.options.map((status) => [status, standing?.get(status) ?? 0])) as Record<DeliveryStatus, number>) },
    endToEndMs: deliveries && percentiles(deliveries),
  };
}
