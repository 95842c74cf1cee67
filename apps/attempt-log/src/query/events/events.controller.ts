import { Controller, Get, Inject, Param, Query as QueryString, Res } from '@nestjs/common';
import type { Principal } from '@nuncio/contracts';
import { ConfigView } from '@nuncio/kafka';
import { Answers, AnswersIn, Caller, Operation, pageOf, Roles, valid } from '@nuncio/service';
import type { FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { asDownload } from '../download.js';
import { showDelivery, type ShownDelivery } from '../deliveries/delivery.js';
import type { StoredDelivery } from '../deliveries/stored-delivery.js';
import { SHOWN, showEvent, ShownEvent, type StoredEvent } from './event.js';
import { listQuery, type Bind, type Query } from '../filters/filter.js';
import { eventFilters } from '../filters/filters.js';
import { findEvents, throughDeliveries } from './find-events.js';
import { mayRead } from './may-read.js';
import { reachOf, READERS, type Reach } from '../reach.js';
import { idOf, notFound, selectOne, type Page } from '../select.js';

/** The most deliveries that an event shows; the rest is under GET /v1/deliveries?event=…. */
const MAX_DELIVERIES = 100;

@Roles(...READERS)
@Controller('v1/events')
export class EventsController {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(ConfigView) private readonly view: ConfigView,
  ) {}

  @Operation({ description: 'The events that the caller may see, newest first, with their deliveries. A tenant sees an event only through its own deliveries.' })
  @Get()
  @Answers(pageOf(ShownEvent))
  async list(@Caller() caller: Principal, @QueryString(valid(listQuery(eventFilters))) query: Query<typeof eventFilters>): Promise<Page<ShownEvent>> {
    const reach = reachOf(caller);
    const { items, next } = await findEvents<StoredEvent>(this.dataSource, caller, query, SHOWN);
    const deliveries = await this.#deliveriesOf(items, reach);
    return { items: items.map((row) => showEvent(row, caller, deliveries.get(row.id) ?? [])), next };
  }

  @Operation({ description: 'One event, with its deliveries.' })
  @Get(':id')
  @Answers(ShownEvent)
  async one(@Caller() caller: Principal, @Param('id', idOf('event')) id: string): Promise<ShownEvent> {
    const reach = reachOf(caller);
    const row = await this.#first<StoredEvent>(id, SHOWN, reach);
    const deliveries = await this.#deliveriesOf([row], reach);
    return showEvent(row, caller, deliveries.get(id) ?? []);
  }

  @Operation({ description: 'The exact bytes of the payload. The caller needs a subscription that has had the event, or may have it now.' })
  @Get(':id/payload')
  @AnswersIn(['application/octet-stream'])
  async payload(@Caller() caller: Principal, @Param('id', idOf('event')) id: string, @Res() reply: FastifyReply): Promise<void> {
    const reach = reachOf(caller);
    const row = await this.#first<StoredEvent & { payload: Buffer }>(id, `${SHOWN}, e.payload`, reach);
    if (!(await mayRead(this.dataSource, this.view, row, reach))) throw notFound('event');
    const { payload } = row;
    // Not awaited: the request's turn is over before its reader has taken it.
    void asDownload(reply, 'application/octet-stream', id).send(payload);
  }

  async #first<Row>(id: string, select: string, reach: Reach): Promise<Row> {
    const where = (bind: Bind): string[] => [`e.id = ${bind(id)}`, ...throughDeliveries(reach, bind)];
    const row = await selectOne<Row>(this.dataSource, { select, from: 'log.events e', where, orderBy: 'e.event_at' });
    if (!row) throw notFound('event');
    return row;
  }

  async #deliveriesOf(events: readonly { id: string }[], reach: Reach): Promise<Map<string, ShownDelivery[]>> {
    const values: unknown[] = [events.map(({ id }) => id), MAX_DELIVERIES];
    const conditions = ['d.event_id = e.id', ...reach((value) => `$${values.push(value)}`)].join(' AND ');
    const rows = await this.dataSource.query<StoredDelivery[]>(
      `SELECT d.* FROM unnest($1::text[]) AS e (id)
       CROSS JOIN LATERAL (SELECT * FROM log.deliveries d WHERE ${conditions} ORDER BY event_at DESC, id DESC LIMIT $2) AS d`,
      values,
    );
    const byEvent = new Map<string, ShownDelivery[]>(events.map(({ id }) => [id, []]));
    for (const row of rows) byEvent.get(row.event_id)?.push(showDelivery(row, this.view));
    return byEvent;
  }
}
