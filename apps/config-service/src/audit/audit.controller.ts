import { Controller, Get, Query } from '@nestjs/common';
import type { Principal } from '@nuncio/contracts';
import { Answers, Caller, Operation, pageOf, Roles, valid } from '@nuncio/service';
import { DataSource, In } from 'typeorm';
import { readers } from '../access.js';
import { page, RecordedEvent, within } from '../event-store/index.js';
import { kindsFor, ListAudit, showEvent, ShownEvent } from './audit.js';

@Controller('v1/audit')
export class AuditController {
  constructor(private readonly database: DataSource) {}

  @Roles(...readers)
  @Operation({ description: "Every change of configuration within the caller's reach, newest first: who, when, and what is different now." })
  @Get()
  @Answers(pageOf(ShownEvent))
  async list(@Caller() caller: Principal, @Query(valid(ListAudit)) { limit, cursor, since, until, kind, ...named }: ListAudit) {
    const kinds = kindsFor(caller).filter((one) => !kind || kind.includes(one));
    const query = this.database.manager
      .createQueryBuilder(RecordedEvent, 'event')
      .where(within(caller))
      .andWhere({ kind: In(kinds) })
      .orderBy('event.position', 'DESC')
      .limit(limit + 1);
    for (const [field, values] of Object.entries(named) as [string, string[] | undefined][]) if (values) query.andWhere({ [field]: In(values) });
    if (cursor !== undefined) query.andWhere('event.position < :cursor', { cursor });
    if (since) query.andWhere('event.at >= :since', { since });
    if (until) query.andWhere('event.at < :until', { until });
    return page(await query.getMany(), limit, showEvent, ({ position }) => position);
  }
}
