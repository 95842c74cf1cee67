import { Controller, Get, Inject, Query as QueryString } from '@nestjs/common';
import { pausedFor, type Principal } from '@nuncio/contracts';
import { ConfigView, type Viewed } from '@nuncio/kafka';
import { Answers, Caller, Operation, Roles, valid } from '@nuncio/service';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { conditions, type Given } from '../filters/filter.js';
import { ofTenant, reachOf, READERS } from '../reach.js';
import { countDeliveries, waitingByKind, WaitingByKind } from './backlog.js';
import { BacklogQuery, commonFilters } from './stats-query.js';
import type { Bind } from '../statement.js';

/** ISO 8601 durations, in seconds. */
const WITHIN = { PT1M: 60, PT10M: 600, PT1H: 3_600, P1D: 86_400 } as const;

const Backlog = WaitingByKind.extend({
  due: z.array(z.object({ within: z.enum(Object.keys(WITHIN) as (keyof typeof WITHIN)[]).describe('An ISO 8601 duration from now'), count: z.int(), exact: z.boolean() })).describe('Pending and held deliveries that are due within this time, or overdue. Those whose callback is paused for longer are not due'),
}).meta({ id: 'Backlog' });

@Roles(...READERS)
@Controller('v1/stats/backlog')
export class BacklogController {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(ConfigView) private readonly view: Pick<ConfigView, 'all'>,
  ) {}

  @Operation({ id: 'getBacklog', description: 'Waiting deliveries: how many, since when, and when they are due.' })
  @Get()
  @Answers(Backlog)
  async backlog(@Caller() caller: Principal, @QueryString(valid(BacklogQuery)) query: Given<typeof commonFilters>) {
    const given = ofTenant(caller, query);
    const where = (bind: Bind): string[] => [...conditions(commonFilters, given, bind), ...reachOf(caller)(bind)];
    const [waiting, due] = await Promise.all([waitingByKind(this.dataSource, where), this.#due(where, this.view.all('callback', caller.tenant))]);
    return { ...waiting, due };
  }

  #due(where: (bind: Bind) => string[], callbacks: Iterable<Viewed<'callback'>>) {
    const now = Date.now();
    const pauses = Array.from(callbacks, ({ id, state }) => ({ id, ms: pausedFor(state, now) })).filter(({ ms }) => ms > 0);
    return Promise.all(
      Object.entries(WITHIN).map(async ([within, seconds]) => {
        const by = new Date(now + seconds * 1_000).toISOString();
        const paused = pauses.filter(({ ms }) => ms > seconds * 1_000).map(({ id }) => id);
        const { value: count, exact } = await countDeliveries(this.dataSource, (bind) => [
          `status IN ('pending', 'held')`,
          `next_at <= ${bind(by)}::timestamptz`,
          ...(paused.length > 0 ? [`callback <> ALL(${bind(paused)}::text[])`] : []),
          ...where(bind),
        ]);
        return { within: within as keyof typeof WITHIN, count, exact };
      }),
    );
  }
}
