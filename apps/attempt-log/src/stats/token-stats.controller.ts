import { Controller, Get, Inject, Query as QueryString } from '@nestjs/common';
import type { Principal } from '@nuncio/contracts';
import { ConfigView } from '@nuncio/kafka';
import { Answers, Caller, Moment, Roles, valid } from '@nuncio/service';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { conditions } from '../query/filter.js';
import { reachOf, READERS } from '../query/reach.js';
import { tokenStatsFilters, TokenStatsQuery, type ChartQuery } from './stats-query.js';

/** One step of a chart of one credential. */
const TokenStatsPoint = z
  .object({
    at: Moment,
    credential: z.string(),
    requests: z.int(),
    /** Requests by `token` and error class. */
    outcomes: z.record(z.string(), z.int()),
    latencyMs: z.object({ p50: z.number(), p95: z.number(), p99: z.number() }),
  })
  .meta({ id: 'TokenStatsPoint' });
type TokenStatsPoint = Omit<z.infer<typeof TokenStatsPoint>, 'at'> & { readonly at: Date };

/** Requests are few (one a token), so that they need no roll-ups, and percentiles are exact. */
const POINTS = `
  SELECT step AS at, credential, count(*)::int AS requests,
    (SELECT json_object_agg(outcome, n) FROM (SELECT outcome, count(*) AS n FROM asked o WHERE o.step = a.step AND o.credential = a.credential GROUP BY 1) o) AS outcomes,
    percentile_disc(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY duration_ms) AS latencies
  FROM asked a GROUP BY step, credential ORDER BY step, credential`;

type Row = Omit<TokenStatsPoint, 'latencyMs'> & { readonly latencies: readonly [p50: number, p95: number, p99: number] };

@Roles(...READERS)
@Controller('v1/stats/token-requests')
export class TokenStatsController {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(ConfigView) private readonly view: Pick<ConfigView, 'all'>,
  ) {}

  /** What authorization servers were asked and answered over time, credential by credential, oldest first; steps without any request are left out. */
  @Get()
  @Answers(z.object({ items: z.array(TokenStatsPoint) }))
  async list(
    @Caller() caller: Principal,
    @QueryString(valid(TokenStatsQuery)) { filters, since, until, step }: ChartQuery<typeof tokenStatsFilters>,
  ): Promise<{ items: TokenStatsPoint[] }> {
    const values: unknown[] = [step, since, until];
    const bind = (value: unknown): string => `$${values.push(value)}`;
    const where = [
      'at >= $2::timestamptz',
      'at < $3::timestamptz',
      ...conditions(tokenStatsFilters, filters, bind),
      ...reachOf(caller, this.view, 'credential')(bind),
    ];
    const asked = `SELECT date_trunc($1, at, 'UTC') AS step, credential, outcome, duration_ms FROM log.token_requests WHERE ${where.join(' AND ')}`;
    const rows = await this.dataSource.query<Row[]>(`WITH asked AS MATERIALIZED (${asked}) ${POINTS}`, values);
    return { items: rows.map(({ latencies: [p50, p95, p99], ...point }) => ({ ...point, latencyMs: { p50, p95, p99 } })) };
  }
}
