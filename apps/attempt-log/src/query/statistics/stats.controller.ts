import { Controller, Get, Inject, Query as QueryString } from '@nestjs/common';
import type { Principal } from '@nuncio/contracts';
import { Answers, Caller, Moment, Operation, Roles, valid } from '@nuncio/service';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { ofTenant, reachOf, READERS } from '../reach.js';
import { figures, figuresOf } from './figures.js';
import { countAttempts, countDeliveries, topKeys, type Row } from './statistics.js';
import { STEP_MS, StatsQuery, stepsOf, TopQuery } from './stats-query.js';

/** One step of a chart. `key`: the series of `by`. The first and last step count only what lies within the range. */
const StatsPoint = z.object({ at: Moment.describe('The beginning of the step'), key: z.string().nullable().describe('The key of the series of `by`; null = all'), ...figures }).meta({ id: 'StatsPoint' });

const StatsRank = z.object({
  key: z.string().nullable().describe('The key, of what `by` names; null = it has none'),
  failed: z.int().describe('Failed attempts'),
  failureRate: z.number().describe('Their share of all attempts, 0 to 1'),
  dominantErrorClass: z.string().nullable().describe('The most frequent error class; null = none failed'),
  ...figures,
}).meta({ id: 'StatsRank' });

@Roles(...READERS)
@Controller('v1/stats')
export class StatsController {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  @Operation({ id: 'getStats', description: 'Attempts and deliveries over time, oldest first, with a point for every step, also empty ones. With `by`, a series for each of the keys with the most attempts.' })
  @Get()
  @Answers(z.object({ items: z.array(StatsPoint).describe('Oldest first') }))
  async list(@Caller() caller: Principal, @QueryString(valid(StatsQuery)) { filters, since, until, step, by, limit }: StatsQuery) {
    const selection = { filters: ofTenant(caller, filters), since, until, by, reach: reachOf(caller) };
    const keys = by && (await topKeys(this.dataSource, { ...selection, by }, 'attempts', limit));
    const [attempts, deliveries] = await Promise.all([countAttempts(this.dataSource, selection, step, keys), countDeliveries(this.dataSource, selection, step, keys)]);
    const of = { attempts: byPoint(attempts, step), deliveries: deliveries && byPoint(deliveries, step) };
    const items = (keys ?? [null]).flatMap((key) =>
      stepsOf({ since, until, step }).map((at) => {
        const point = pointOf(at, key);
        return { at: new Date(at), key, ...figuresOf(of.attempts.get(point) ?? [], of.deliveries && (of.deliveries.get(point) ?? [])) };
      }),
    );
    return { items };
  }

  @Operation({ id: 'listTopStats', description: 'The first keys of a selection, by failures, failure rate, attempts or slowness, over the whole range.' })
  @Get('top')
  @Answers(z.object({ items: z.array(StatsRank).describe('The first one first') }))
  async top(@Caller() caller: Principal, @QueryString(valid(TopQuery)) { filters, since, until, by, order, limit }: TopQuery) {
    const selection = { filters: ofTenant(caller, filters), since, until, by, reach: reachOf(caller) };
    const keys = await topKeys(this.dataSource, selection, order, limit);
    const [attempts, deliveries] = await Promise.all([countAttempts(this.dataSource, selection, null, keys), countDeliveries(this.dataSource, selection, null, keys)]);
    const of = { attempts: Map.groupBy(attempts, ({ key }) => key), deliveries: deliveries && Map.groupBy(deliveries, ({ key }) => key) };
    return { items: keys.map((key) => rankOf(key, of.attempts.get(key) ?? [], of.deliveries && (of.deliveries.get(key) ?? []))) };
  }
}

const pointOf = (at: number, key: string | null): string => `${at} ${key ?? ''}`;
const byPoint = (rows: readonly Row[], step: keyof typeof STEP_MS): Map<string, Row[]> =>
  Map.groupBy(rows, ({ at, key }) => pointOf(Math.floor((at?.getTime() ?? 0) / STEP_MS[step]) * STEP_MS[step], key));

function rankOf(key: string | null, attempts: readonly Row[], deliveries: readonly Row[] | null) {
  const of = figuresOf(attempts, deliveries);
  const failures = Object.entries(of.outcomes).filter(([name]) => name !== 'delivered');
  const failed = failures.reduce((sum, [, n]) => sum + n, 0);
  const [dominant] = failures.toSorted(([, a], [, b]) => b - a);
  return { key, failed, failureRate: of.attempts ? failed / of.attempts : 0, dominantErrorClass: dominant?.[0] ?? null, ...of };
}
