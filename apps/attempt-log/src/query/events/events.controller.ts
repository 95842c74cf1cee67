import { Controller, Get, Headers, Inject, Param, Query as QueryString, Res, type StreamableFile } from '@nestjs/common';
import type { Principal } from '@nuncio/contracts';
import { ConfigView } from '@nuncio/kafka';
import { Answers, AnswersIn, Caller, type IsStill, Operation, pageOf, Roles, StillCaller, valid } from '@nuncio/service';
import type { FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { LiveStreams } from '../../stream/live-streams.js';
import { startingPlace } from '../../stream/place.js';
import { StreamOperation } from '../../stream/stream-operation.js';
import { asDownload } from '../download.js';
import { showDelivery, type ShownDelivery } from '../deliveries/delivery.js';
import type { StoredDelivery } from '../deliveries/stored-delivery.js';
import { SHOWN, showEvent, ShownEvent, type StoredEvent } from './event.js';
import { listQuery, streamQuery, type Given, type Query } from '../filters/filter.js';
import { eventFilters } from '../filters/filters.js';
import { findEvents, findWrittenEvents, throughDeliveries } from './find-events.js';
import { mayRead } from './may-read.js';
import { reachOf, READERS, type Reach } from '../reach.js';
import { idOf, notFound, selectOne, type Page } from '../select.js';
import { binding, type Bind } from '../statement.js';

/** The most deliveries that an event shows; the rest is under GET /v1/deliveries?event=…. */
const MAX_DELIVERIES = 100;

@Roles(...READERS)
@Controller('v1/events')
export class EventsController {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(ConfigView) private readonly view: ConfigView,
    @Inject(LiveStreams) private readonly streams: LiveStreams,
  ) {}

  @Operation({ description: 'The events that the caller may see, newest first, with their deliveries. A tenant sees an event only through its own deliveries.' })
  @Get()
  @Answers(pageOf(ShownEvent))
  async list(@Caller() caller: Principal, @QueryString(valid(listQuery(eventFilters))) query: Query<typeof eventFilters>): Promise<Page<ShownEvent>> {
    const { items, next } = await findEvents<StoredEvent>(this.dataSource, caller, query, SHOWN);
    return { items: items.map(await this.#showing(items, caller)), next };
  }

  @StreamOperation('Events as they are recorded, and again whenever one of their deliveries moves, or nobody gets them, as server-sent events, from now on or from `Last-Event-ID`. A tenant sees an event once it has a delivery of it.')
  async stream(
    @Caller() caller: Principal,
    @QueryString(valid(streamQuery(eventFilters))) query: Given<typeof eventFilters>,
    @Headers('last-event-id') last: string | undefined,
    @StillCaller() isStill: IsStill,
  ): Promise<StreamableFile> {
    return this.streams.open<ShownEvent>({
      reader: { caller, isStill },
      name: 'event',
      place: await startingPlace(this.dataSource, last),
      next: async (after) => {
        const { items, ...rest } = await findWrittenEvents(this.dataSource, caller, query, after);
        const show = await this.#showing(items.map(({ row }) => row), caller);
        return { ...rest, items: items.map(({ row, place }) => ({ row: show(row), place })) };
      },
      show: (event) => event,
    });
  }

  @Operation({ description: 'One event, with its deliveries.' })
  @Get(':id')
  @Answers(ShownEvent)
  async one(@Caller() caller: Principal, @Param('id', idOf('event')) id: string): Promise<ShownEvent> {
    const row = await this.#first<StoredEvent>(id, SHOWN, reachOf(caller));
    const show = await this.#showing([row], caller);
    return show(row);
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

  /** Reads what belongs to these events. Shows each of them, with the deliveries that the caller may see. */
  async #showing(events: readonly StoredEvent[], caller: Principal): Promise<(event: StoredEvent) => ShownEvent> {
    const deliveries = await this.#deliveriesOf(events, reachOf(caller));
    return (event) => showEvent(event, caller, deliveries.get(event.id) ?? []);
  }

  async #deliveriesOf(events: readonly { id: string }[], reach: Reach): Promise<Map<string, ShownDelivery[]>> {
    const { values, bind } = binding(events.map(({ id }) => id), MAX_DELIVERIES);
    const conditions = ['d.event_id = e.id', ...reach(bind)].join(' AND ');
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
