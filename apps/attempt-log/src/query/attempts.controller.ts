import { Controller, Get, Header, Headers, Inject, Param, Query as QueryString, type StreamableFile } from '@nestjs/common';
import type { Attempted, Principal } from '@nuncio/contracts';
import { ConfigView } from '@nuncio/kafka';
import { Caller, Roles, valid } from '@nuncio/service';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { exportOf } from '../export/export.js';
import { LiveStreams } from '../stream/live-streams.js';
import { lastPlace, present } from '../stream/place.js';
import { selectWritten } from '../stream/select-written.js';
import { showAttempt, type ShownAttempt } from './attempt.js';
import { conditions, listQuery, streamQuery, type Bind, type Given, type Paging } from './filter.js';
import { attemptFilters } from './filters.js';
import { reachOf, READERS } from './reach.js';
import { idOf, notFound, selectOne, selectPage, type Page } from './select.js';

const AttemptsQuery = listQuery(attemptFilters, { format: z.enum(['json', 'csv', 'ndjson']).default('json') });

@Roles(...READERS)
@Controller('v1/attempts')
export class AttemptsController {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(ConfigView) private readonly view: ConfigView,
    @Inject(LiveStreams) private readonly streams: LiveStreams,
  ) {}

  /** A page; or as `csv` or `ndjson` all that is selected, from the cursor on, as a stream. */
  @Get()
  async list(
    @Caller() caller: Principal,
    @QueryString(valid(AttemptsQuery)) { format, ...query }: z.output<typeof AttemptsQuery>,
  ): Promise<Page<ShownAttempt> | StreamableFile> {
    const reach = reachOf(caller, this.view);
    const page = async (paging: Paging): Promise<Page<ShownAttempt>> => {
      const { items, next } = await selectPage<{ id: string; fact: Attempted }>(
        this.dataSource,
        { select: 'id, fact', from: 'log.attempts', at: 'started_at', where: (bind) => [...conditions(attemptFilters, query, bind), ...reach(bind)] },
        paging,
      );
      return { items: items.map(({ fact }) => showAttempt(fact)), next };
    };
    return format === 'json' ? page(query) : exportOf(format, page, query.cursor);
  }

  /** What is written from now on, or from `Last-Event-ID` on, as server-sent events. */
  @Get('stream')
  @Header('cache-control', 'no-store')
  async stream(
    @Caller() caller: Principal,
    @QueryString(valid(streamQuery(attemptFilters))) query: Given<typeof attemptFilters>,
    @Headers('last-event-id') last: string | undefined,
  ): Promise<StreamableFile> {
    const where = (bind: Bind): string[] => [...conditions(attemptFilters, query, bind), ...reachOf(caller, this.view)(bind)];
    return this.streams.open<{ id: string; fact: Attempted }>({
      name: 'attempt',
      place: lastPlace(last) ?? (await present(this.dataSource)),
      next: (after) => selectWritten(this.dataSource, { select: 'id, fact', from: 'log.attempts', where }, after),
      show: ({ fact }) => showAttempt(fact),
    });
  }

  @Get(':id')
  async one(@Caller() caller: Principal, @Param('id', idOf('attempt')) id: string): Promise<ShownAttempt> {
    const reach = reachOf(caller, this.view);
    const row = await selectOne<{ fact: Attempted }>(this.dataSource, {
      select: 'fact',
      from: 'log.attempts',
      where: (bind) => [`id = ${bind(id)}`, ...reach(bind)],
      orderBy: 'started_at',
    });
    if (!row) throw notFound('attempt');
    return showAttempt(row.fact);
  }
}
