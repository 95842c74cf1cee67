import { Controller, Get, Inject, Query as QueryString } from '@nestjs/common';
import type { Principal } from '@nuncio/contracts';
import { Answers, Caller, Moment, Roles, valid } from '@nuncio/service';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { countOf, type Count } from '../count.js';
import { conditions, streamQuery, type Bind, type Given } from '../filters/filter.js';
import { ofTenant, reachOf, READERS } from '../reach.js';
import { selectOne } from '../select.js';
import { commonFilters } from './stats-query.js';

const WAITING = ['pending', 'held', 'parked'] as const;
/** ISO 8601 durations, and seconds. */
const WITHIN = { PT1M: 60, PT10M: 600, PT1H: 3_600, P1D: 86_400 } as const;

/** `exact` false = as PostgreSQL estimates it, since counting would have read too much. */
const Waiting = z.object({ count: z.int(), exact: z.boolean(), oldestAt: Moment.nullable() });
const Backlog = z
  .object({
    /** After a failure, until the next attempt is due. `oldestAt`: when its event was published. */
    pending: Waiting,
    held: Waiting,
    parked: Waiting,
    /** Of what is pending or held: due by then, or overdue. */
    due: z.array(z.object({ within: z.enum(Object.keys(WITHIN) as (keyof typeof WITHIN)[]), count: z.int(), exact: z.boolean() })),
  })
  .meta({ id: 'Backlog' });

/** What waits, whatever came to an end: it is read from indexes of what waits alone. */
@Roles(...READERS)
@Controller('v1/stats/backlog')
export class BacklogController {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  @Get()
  @Answers(Backlog)
  async backlog(@Caller() caller: Principal, @QueryString(valid(streamQuery(commonFilters))) query: Given<typeof commonFilters>) {
    const given = ofTenant(caller, query);
    const where = (bind: Bind): string[] => [...conditions(commonFilters, given, bind), ...reachOf(caller)(bind)];
    const [waiting, due] = await Promise.all([Promise.all(WAITING.map((status) => this.#waiting(status, where))), this.#due(where)]);
    const [pending, held, parked] = waiting as [ShownWaiting, ShownWaiting, ShownWaiting];
    return { pending, held, parked, due };
  }

  async #waiting(status: (typeof WAITING)[number], where: (bind: Bind) => string[]): Promise<ShownWaiting> {
    // As text: by a parameter PostgreSQL does not see that the index of what waits has all of it.
    const all = (bind: Bind): string[] => [`status = '${status}'`, ...where(bind)];
    const [{ value: count, exact }, oldest] = await Promise.all([
      this.#count(all),
      selectOne<{ event_at: Date }>(this.dataSource, { select: 'event_at', from: 'log.deliveries', where: all, orderBy: 'event_at' }),
    ]);
    return { count, exact, oldestAt: oldest && oldest.event_at };
  }

  #due(where: (bind: Bind) => string[]) {
    const now = Date.now();
    return Promise.all(
      Object.entries(WITHIN).map(async ([within, seconds]) => {
        const by = new Date(now + seconds * 1_000).toISOString();
        const { value: count, exact } = await this.#count((bind) => [`status IN ('pending', 'held')`, `next_at <= ${bind(by)}::timestamptz`, ...where(bind)]);
        return { within: within as keyof typeof WITHIN, count, exact };
      }),
    );
  }

  #count(where: (bind: Bind) => string[]): Promise<Count> {
    return countOf(this.dataSource, { from: 'log.deliveries', lead: () => [], where });
  }
}

interface ShownWaiting {
  readonly count: number;
  readonly exact: boolean;
  readonly oldestAt: Date | null;
}
