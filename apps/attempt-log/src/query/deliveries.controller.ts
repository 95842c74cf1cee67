import { Controller, Get, Inject, Param, Query as QueryString } from '@nestjs/common';
import type { Attempted, Principal } from '@nuncio/contracts';
import { ConfigView } from '@nuncio/kafka';
import { Answers, Caller, pageOf, Roles, valid } from '@nuncio/service';
import { DataSource } from 'typeorm';
import { showAttempt, type ShownAttempt } from './attempt.js';
import { showDelivery, ShownDelivery, WholeDelivery, type StoredDelivery } from './delivery.js';
import { conditions, listQuery, type Query } from './filter.js';
import { deliveryFilters } from './filters.js';
import { findDelivery } from './find-delivery.js';
import { reachOf, READERS } from './reach.js';
import { idOf, selectPage, type Page } from './select.js';

/** At most 21 by the schedule; what resends add beyond this is under GET /v1/attempts?delivery=…. */
const MAX_ATTEMPTS = 1_000;

@Roles(...READERS)
@Controller('v1/deliveries')
export class DeliveriesController {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(ConfigView) private readonly view: ConfigView,
  ) {}

  @Get()
  @Answers(pageOf(ShownDelivery))
  async list(@Caller() caller: Principal, @QueryString(valid(listQuery(deliveryFilters))) query: Query<typeof deliveryFilters>): Promise<Page<ShownDelivery>> {
    const reach = reachOf(caller, this.view);
    const { items, next } = await selectPage<StoredDelivery>(
      this.dataSource,
      { select: '*', from: 'log.deliveries', at: 'event_at', where: (bind) => [...conditions(deliveryFilters, query, bind), ...reach(bind)] },
      query,
    );
    return { items: items.map((row) => showDelivery(row, this.view)), next };
  }

  /** The delivery with all its attempts, first one first. */
  @Get(':id')
  @Answers(WholeDelivery)
  async one(@Caller() caller: Principal, @Param('id', idOf('delivery')) id: string): Promise<ShownDelivery & { attempts: ShownAttempt[] }> {
    const row = await findDelivery(this.dataSource, id, reachOf(caller, this.view));
    const attempts = await this.dataSource.query<{ fact: Attempted }[]>(
      'SELECT fact FROM log.attempts WHERE delivery = $1 AND started_at >= $2 ORDER BY started_at, id LIMIT $3',
      [id, row.first_attempt_at, MAX_ATTEMPTS],
    );
    const last = attempts.find(({ fact }) => fact.id === row.last_attempt)?.fact;
    return { ...showDelivery(row, this.view, last), attempts: attempts.map(({ fact }) => showAttempt(fact)) };
  }
}
