import { Controller, Get, Headers, Inject, Param, Query as QueryString, type StreamableFile } from '@nestjs/common';
import type { Attempted, Principal } from '@nuncio/contracts';
import { ConfigView } from '@nuncio/kafka';
import { Answers, Caller, type IsStill, Operation, Roles, StillCaller, valid } from '@nuncio/service';
import { DataSource } from 'typeorm';
import type { z } from 'zod';
import { LiveStreams } from '../../stream/live-streams.js';
import { startingPlace } from '../../stream/place.js';
import { selectWritten } from '../../stream/select-written.js';
import { StreamOperation } from '../../stream/stream-operation.js';
import { showAttempt, type ShownAttempt } from '../attempts/attempt.js';
import { countOf, countParameter, listOf, type Listed } from '../count.js';
import { countedIn, deliverySource } from './delivery-source.js';
import { showDelivery, ShownDelivery, WholeDelivery } from './delivery.js';
import type { StoredEvent } from '../events/event.js';
import { conditions, listQuery, streamQuery, type Given } from '../filters/filter.js';
import { deliveryFilters } from '../filters/filters.js';
import { byLabelled } from '../filters/lead.js';
import { findDelivery } from './find-delivery.js';
import { lineageOf, type Lineage } from '../lineage.js';
import { reachOf, READERS, ofTenant } from '../reach.js';
import { searchPage, type Search } from '../search.js';
import { idOf } from '../select.js';
import type { StoredDelivery } from './stored-delivery.js';
import { timelineOf, type TimelineEntry } from './timeline.js';
import type { Bind } from '../statement.js';

/** The schedule makes at most 21. Resends beyond this limit are under GET /v1/attempts?delivery=…. */
const MAX_ATTEMPTS = 1_000;

const DeliveriesQuery = listQuery(deliveryFilters, countParameter);

@Roles(...READERS)
@Controller('v1/deliveries')
export class DeliveriesController {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(ConfigView) private readonly view: ConfigView,
    @Inject(LiveStreams) private readonly streams: LiveStreams,
  ) {}

  @Operation({ description: 'The deliveries that the caller may see, newest first. `errorClass` and `responseStatus` are those of the last attempt. Times are when the event was published.' })
  @Get()
  @Answers(listOf(ShownDelivery))
  async list(
    @Caller() caller: Principal,
    @QueryString(valid(DeliveriesQuery)) { count, ...query }: z.output<typeof DeliveriesQuery>,
  ): Promise<Listed<ShownDelivery>> {
    const within = await byLabelled(this.dataSource, ofTenant(caller, query));
    const reach = reachOf(caller);
    const search: Search = {
      select: 'e.*',
      ...deliverySource(within),
      at: 'event_at',
      where: (bind) => [...conditions(deliveryFilters, within, bind), ...reach(bind)],
    };
    const { items, next } = await searchPage<StoredDelivery>(this.dataSource, search, query);
    return { items: items.map((row) => showDelivery(row, this.view)), next, ...(count === 'true' && { count: await countOf(this.dataSource, countedIn(search)) }) };
  }

  @StreamOperation('Deliveries whenever their status changes, as server-sent events, from now on or from `Last-Event-ID`.')
  async stream(
    @Caller() caller: Principal,
    @QueryString(valid(streamQuery(deliveryFilters))) query: Given<typeof deliveryFilters>,
    @Headers('last-event-id') last: string | undefined,
    @StillCaller() isStill: IsStill,
  ): Promise<StreamableFile> {
    const where = (bind: Bind): string[] => [...conditions(deliveryFilters, query, bind), ...reachOf(caller)(bind)];
    return this.streams.open<StoredDelivery>({
      reader: { caller, isStill },
      name: 'delivery',
      place: await startingPlace(this.dataSource, last),
      next: (after) => selectWritten(this.dataSource, { select: '*', from: 'log.deliveries', where }, after),
      show: (row) => showDelivery(row, this.view),
    });
  }

  @Operation({ description: 'One delivery with all its attempts and its timeline, oldest first.' })
  @Get(':id')
  @Answers(WholeDelivery)
  async one(
    @Caller() caller: Principal,
    @Param('id', idOf('delivery')) id: string,
  ): Promise<ShownDelivery & { lineage: Lineage | null; attempts: ShownAttempt[]; timeline: TimelineEntry[] }> {
    const row = await findDelivery(this.dataSource, id, reachOf(caller));
    const rows = await this.dataSource.query<{ fact: Attempted }[]>(
      'SELECT fact FROM log.attempts WHERE delivery = $1 AND started_at >= $2 ORDER BY started_at, id LIMIT $3',
      [id, row.first_attempt_at, MAX_ATTEMPTS],
    );
    const attempts = rows.map(({ fact }) => fact);
    const [lineage, timeline] = await Promise.all([this.#lineageOf(row), timelineOf(this.dataSource, row, attempts)]);
    const last = attempts.find(({ id }) => id === row.last_attempt);
    return { ...showDelivery(row, this.view, last), lineage, attempts: attempts.map(showAttempt), timeline };
  }

  /** The record that the event came from; null = the log has not read it yet, or no longer keeps it. */
  async #lineageOf({ event_id, event_at }: StoredDelivery): Promise<Lineage | null> {
    const [event] = await this.dataSource.query<Pick<StoredEvent, 'partition' | 'record_offset'>[]>(
      'SELECT partition, record_offset FROM log.events WHERE id = $1 AND event_at = $2',
      [event_id, event_at],
    );
    return event ? lineageOf(event) : null;
  }
}
