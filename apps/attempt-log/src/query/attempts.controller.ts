import { Controller, Get, Inject, Param, Query as QueryString, type StreamableFile } from '@nestjs/common';
import type { Attempted, Principal } from '@nuncio/contracts';
import { ConfigView } from '@nuncio/kafka';
import { Answers, AnswersIn, Caller, pageOf, Roles, valid } from '@nuncio/service';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { exportOf } from '../export/export.js';
import { showAttempt, ShownAttempt } from './attempt.js';
import { conditions, listQuery, type Paging } from './filter.js';
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
  ) {}

  /** A page; or as `csv` or `ndjson` all that is selected, from the cursor on, as a stream. */
  @Get()
  @AnswersIn(['text/csv', 'application/x-ndjson'], pageOf(ShownAttempt))
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

  @Get(':id')
  @Answers(ShownAttempt)
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
