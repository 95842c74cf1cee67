import { Controller, Get, Query } from '@nestjs/common';
import { isOfNoTenant, type Principal } from '@nuncio/contracts';
import { Answers, Caller, Operation, pageOf, Roles, valid } from '@nuncio/service';
import { DataSource, In, type ObjectLiteral, type SelectQueryBuilder } from 'typeorm';
import { readers } from '../access.js';
import { RecordedEvent, within } from '../event-store/index.js';
import { auditPage, isOfOperations, kindsFor, ListAudit, showEvent, ShownEvent, showOperation } from './audit.js';
import { RecordedOperation } from './recorded-operation.entity.js';

@Controller('v1/audit')
export class AuditController {
  constructor(private readonly database: DataSource) {}

  @Roles(...readers)
  @Operation({ description: 'Every change of configuration that the caller may see, and every bulk operation, newest first: who, when, and what has changed.' })
  @Get()
  @Answers(pageOf(ShownEvent))
  async list(@Caller() caller: Principal, @Query(valid(ListAudit)) asked: ListAudit) {
    const [events, operations] = await Promise.all([this.#events(caller, asked), isOfOperations(asked) ? this.#operations(caller, asked) : []]);
    return auditPage([...events.map(showEvent), ...operations.map(showOperation)], asked.limit);
  }

  #events(caller: Principal, { kind, ...asked }: ListAudit): Promise<RecordedEvent[]> {
    const kinds = kindsFor(caller).filter((one) => !kind || kind.includes(one));
    const query = this.database.manager.createQueryBuilder(RecordedEvent, 'event').where(within(caller)).andWhere({ kind: In(kinds) });
    if (asked.cursor) query.andWhere(asked.cursor.nth > 0 ? 'event.position <= :position' : 'event.position < :position', asked.cursor);
    return narrowed(query, asked).orderBy('event.position', 'DESC').getMany();
  }

  /** Operations without a tenant concern several, so a caller of one tenant does not see them. */
  #operations(caller: Principal, { kind: _, ...asked }: ListAudit): Promise<RecordedOperation[]> {
    const query = this.database.manager.createQueryBuilder(RecordedOperation, 'event').where(within(caller));
    if (!isOfNoTenant(caller.role)) query.andWhere('event.tenant is not null');
    if (asked.cursor) query.andWhere('(event.position, event.nth) < (:position, :nth)', asked.cursor);
    return narrowed(query, asked).orderBy('event.position', 'DESC').addOrderBy('event.nth', 'DESC').getMany();
  }
}

/** One row more than asked for tells whether there are more. */
function narrowed<T extends ObjectLiteral>(query: SelectQueryBuilder<T>, { limit, cursor: _, since, until, ...named }: Omit<ListAudit, 'kind'>): SelectQueryBuilder<T> {
  for (const [field, values] of Object.entries(named) as [string, string[] | undefined][]) if (values) query.andWhere({ [field]: In(values) });
  if (since) query.andWhere('event.at >= :since', { since });
  if (until) query.andWhere('event.at < :until', { until });
  return query.limit(limit + 1);
}
