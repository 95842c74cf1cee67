import { Controller, Get, Inject, Query as QueryString } from '@nestjs/common';
import { Fault, type Principal } from '@nuncio/contracts';
import { Answers, Caller, Moment, Operation, Roles, valid } from '@nuncio/service';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { conditions } from '../filters/filter.js';
import { reachOf, READERS } from '../reach.js';
import { tokenStatsFilters, TokenStatsQuery, type ChartQuery } from './stats-query.js';
import { tokenFigures, tokenFiguresOf } from './token-figures.js';
import { binding } from '../statement.js';

/** One step of a chart of one credential. */
const TokenStatsPoint = z
  .object({
    at: Moment.describe('The beginning of the step'),
    credential: z.string(),
    ...tokenFigures,
  })
  .meta({ id: 'TokenStatsPoint' });
type TokenStatsPoint = Omit<z.infer<typeof TokenStatsPoint>, 'at'> & { readonly at: Date };

/** Credentials times steps: what a chart can show, and an answer can carry. */
const MAX_POINTS = 5_000;

const pointsOf = (asked: string): string => `${tokenFiguresOf({ by: ['step', 'credential'], from: `(${asked}) a` })} ORDER BY step, credential LIMIT ${MAX_POINTS + 1}`;

type Row = Omit<TokenStatsPoint, 'at'> & { readonly step: Date };

@Roles(...READERS)
@Controller('v1/stats/token-requests')
export class TokenStatsController {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  @Operation({ id: 'listTokenStats', description: 'Token requests over time by credential, oldest first. Steps without a request are left out.' })
  @Get()
  @Answers(z.object({ items: z.array(TokenStatsPoint).describe('Oldest first') }))
  async list(
    @Caller() caller: Principal,
    @QueryString(valid(TokenStatsQuery)) { filters, since, until, step }: ChartQuery<typeof tokenStatsFilters>,
  ): Promise<{ items: TokenStatsPoint[] }> {
    const { values, bind } = binding(step, new Date(since).toISOString(), new Date(until).toISOString());
    const where = [
      'at >= $2::timestamptz',
      'at < $3::timestamptz',
      ...conditions(tokenStatsFilters, filters, bind),
      ...reachOf(caller, 'credential')(bind),
    ];
    const asked = `SELECT date_trunc($1, at, 'UTC') AS step, credential, outcome, duration_ms FROM log.token_requests WHERE ${where.join(' AND ')}`;
    const rows = await this.dataSource.query<Row[]>(pointsOf(asked), values);
    if (rows.length > MAX_POINTS) throw tooMany;
    return { items: rows.map(({ step: at, ...point }) => ({ at, ...point })) };
  }
}

const tooMany = new Fault('invalid', 'This selection gives too many points.', {
  errors: [{ pointer: '/step', code: 'invalid', detail: `gives more than ${MAX_POINTS} points; take a longer step, a shorter time or fewer credentials` }],
});
