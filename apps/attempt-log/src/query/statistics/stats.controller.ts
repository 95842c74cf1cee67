import { Controller, Get, Inject, Query as QueryString } from '@nestjs/common';
import type { Principal } from '@nuncio/contracts';
import { Answers, Caller, Moment, Roles, valid } from '@nuncio/service';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { conditions } from '../filters/filter.js';
import { reachOf, READERS } from '../reach.js';
import { percentile } from './latency-bucket.js';
import { statsFilters, StatsQuery, type ChartQuery } from './stats-query.js';

interface Counted {
  readonly at: Date;
  readonly outcome: string;
  readonly bucket: number;
  readonly attempts: number;
}

/** One step of a chart. */
export type StatsPoint = ReturnType<typeof pointOf>;
const StatsPoint = z
  .object({
    at: Moment,
    attempts: z.int(),
    /** Attempts by `delivered` and error class. */
    outcomes: z.record(z.string(), z.int()),
    latencyMs: z.object({ p50: z.number().nullable(), p95: z.number().nullable(), p99: z.number().nullable() }),
  })
  .meta({ id: 'StatsPoint' });

@Roles(...READERS)
@Controller('v1/stats')
export class StatsController {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** Attempts of a selection over time, oldest first; steps without any are left out. */
  @Get()
  @Answers(z.object({ items: z.array(StatsPoint) }))
  async list(@Caller() caller: Principal, @QueryString(valid(StatsQuery)) { filters, since, until, step }: ChartQuery<typeof statsFilters>) {
    const values: unknown[] = [step, since, until];
    const bind = (value: unknown): string => `$${values.push(value)}`;
    const selected = [...conditions(statsFilters, filters, bind), ...reachOf(caller)(bind)].map((condition) => ` AND ${condition}`).join('');
    const rows = await this.dataSource.query<Counted[]>(
      `SELECT date_trunc($1, minute, 'UTC') AS at, outcome, bucket, sum(attempts)::float8 AS attempts FROM log.attempt_minutes
       WHERE minute >= $2::timestamptz AND minute < $3::timestamptz${selected} GROUP BY 1, 2, 3 ORDER BY 1`,
      values,
    );
    return { items: [...Map.groupBy(rows, ({ at }) => at.getTime()).values()].map(pointOf) };
  }
}

function pointOf(rows: readonly Counted[]) {
  const sumBy = <K>(key: (row: Counted) => K): Map<K, number> => {
    const sums = new Map<K, number>();
    for (const row of rows) sums.set(key(row), (sums.get(key(row)) ?? 0) + row.attempts);
    return sums;
  };
  const buckets = sumBy(({ bucket }) => bucket);
  const [first] = rows;
  return {
    at: first?.at ?? new Date(0),
    attempts: rows.reduce((sum, { attempts }) => sum + attempts, 0),
    outcomes: Object.fromEntries(sumBy(({ outcome }) => outcome)),
    latencyMs: { p50: percentile(buckets, 0.5), p95: percentile(buckets, 0.95), p99: percentile(buckets, 0.99) },
  };
}
