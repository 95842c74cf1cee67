import { Controller, Get, Headers, Inject, Param, Query as QueryString, Res, type StreamableFile } from '@nestjs/common';
import type { Attempted, Principal } from '@nuncio/contracts';
import { Answers, AnswersIn, Caller, type IsStill, Operation, Roles, StillCaller, valid } from '@nuncio/service';
import type { FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { Downloads } from '../../export/downloads.js';
import { LiveStreams } from '../../stream/live-streams.js';
import { startingPlace } from '../../stream/place.js';
import { selectWritten } from '../../stream/select-written.js';
import { StreamOperation } from '../../stream/stream-operation.js';
import { sentRequest } from './sent-request.js';
import { showAttempt, ShownAttempt } from './attempt.js';
import { asDownload } from '../download.js';
import { countOf, countParameter, listOf, type Listed } from '../count.js';
import { conditions, listQuery, streamQuery, type Given, type Paging } from '../filters/filter.js';
import { attemptFilters } from '../filters/filters.js';
import { attemptLeads, byLabelled, eachOf, leading } from '../filters/lead.js';
import { reachOf, READERS, ofTenant } from '../reach.js';
import { searchPage, type Search } from '../search.js';
import { idOf, notFound, selectOne, type Page } from '../select.js';
import type { Bind } from '../statement.js';

const AttemptsQuery = listQuery(attemptFilters, { ...countParameter, format: z.enum(['json', 'csv', 'ndjson']).default('json').describe('`json`: a page. `csv`, `ndjson`: everything from the cursor on, as a stream') });

const RequestQuery = z.strictObject({ number: z.enum(['1', '2']).transform((text) => (text === '1' ? 1 : 2)).optional().describe('Which of two requests, if the endpoint refused the first token; by default the last') });

@Roles(...READERS)
@Controller('v1/attempts')
export class AttemptsController {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(LiveStreams) private readonly streams: LiveStreams,
    @Inject(Downloads) private readonly downloads: Downloads,
  ) {}

  @Operation({ description: 'The attempts that the caller may see, newest first: a page, or as `csv` or `ndjson` all matches from the cursor on, as a stream.' })
  @Get()
  @AnswersIn(['text/csv', 'application/x-ndjson'], listOf(ShownAttempt))
  async list(
    @Caller() caller: Principal,
    @QueryString(valid(AttemptsQuery)) { format, count, ...query }: z.output<typeof AttemptsQuery>,
    @StillCaller() isStill: IsStill,
  ): Promise<Listed<ShownAttempt> | StreamableFile> {
    const within = await byLabelled(this.dataSource, ofTenant(caller, query));
    const reach = reachOf(caller);
    const search: Search = {
      select: 'e.id, e.fact',
      from: () => 'log.attempts e',
      at: 'started_at',
      lead: (bind) => leading(attemptLeads, attemptFilters, within, bind),
      each: eachOf(attemptLeads, within),
      where: (bind) => [...conditions(attemptFilters, within, bind), ...reach(bind)],
    };
    const page = async (paging: Paging): Promise<Page<ShownAttempt>> => {
      const { items, next } = await searchPage<{ id: string; fact: Attempted }>(this.dataSource, search, paging);
      return { items: items.map(({ fact }) => showAttempt(fact)), next };
    };
    if (format !== 'json') return this.downloads.begin({ caller, isStill, format, page, cursor: query.cursor });
    return { ...(await page(query)), ...(count === 'true' && { count: await countOf(this.dataSource, search) }) };
  }

  @StreamOperation('Attempts while they are written, as server-sent events, from now on or from `Last-Event-ID`.')
  async stream(
    @Caller() caller: Principal,
    @QueryString(valid(streamQuery(attemptFilters))) query: Given<typeof attemptFilters>,
    @Headers('last-event-id') last: string | undefined,
    @StillCaller() isStill: IsStill,
  ): Promise<StreamableFile> {
    const where = (bind: Bind): string[] => [...conditions(attemptFilters, query, bind), ...reachOf(caller)(bind)];
    return this.streams.open<{ id: string; fact: Attempted }>({
      reader: { caller, isStill },
      name: 'attempt',
      place: await startingPlace(this.dataSource, last),
      next: (after) => selectWritten(this.dataSource, { select: 'id, fact', from: 'log.attempts', where }, after),
      show: ({ fact }) => showAttempt(fact),
    });
  }

  @Operation({ description: 'One attempt with its request and answer, redacted.' })
  @Get(':id')
  @Answers(ShownAttempt)
  async one(@Caller() caller: Principal, @Param('id', idOf('attempt')) id: string): Promise<ShownAttempt> {
    return showAttempt(await this.#find(caller, id));
  }

  @Operation({ description: 'The request as it was sent, redacted. `nuncio-redacted` names the headers whose values are not stored. `nuncio-body: not-stored` says that the event is no longer kept.' })
  @Get(':id/request')
  @AnswersIn(['message/http'])
  async request(
    @Caller() caller: Principal,
    @Param('id', idOf('attempt')) id: string,
    @QueryString(valid(RequestQuery)) { number }: z.output<typeof RequestQuery>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { message, redacted, hasBody } = await sentRequest(this.dataSource, await this.#find(caller, id), number);
    if (redacted.length) reply.header('nuncio-redacted', redacted.join(', '));
    if (!hasBody) reply.header('nuncio-body', 'not-stored');
    // Not awaited: the request's turn is over before its reader has taken it.
    void asDownload(reply, 'message/http', `${id}.http`).send(message);
  }

  async #find(caller: Principal, id: string): Promise<Attempted> {
    const reach = reachOf(caller);
    const row = await selectOne<{ fact: Attempted }>(this.dataSource, {
      select: 'fact',
      from: 'log.attempts',
      where: (bind) => [`id = ${bind(id)}`, ...reach(bind)],
      orderBy: 'started_at',
    });
    if (!row) throw notFound('attempt');
    return row.fact;
  }
}
