import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Query } from '@nestjs/common';
import { EventType, type Principal } from '@nuncio/contracts';
import { Answers, Caller, Creates, IfMatch, pageOf, Roles, valid } from '@nuncio/service';
import { z } from 'zod';
import { AtQuery, changed, EventStore, page, PageQuery, type Resource } from '../event-store/index.js';
import { answerOf, present } from '../presentation.js';
import { CreateEventType, eventType, PatchEventType } from './event-type.js';

const ListEventTypes = PageQuery.omit({ tenant: true });

const Shown = answerOf(EventType.shape).meta({ id: 'EventType' });

const show = (resource: Resource<EventType>) => present(resource, EventType.parse(resource.state));

@Controller('v1/event-types')
export class EventTypesController {
  constructor(private readonly store: EventStore) {}

  @Roles('admin', 'provider')
  @Creates()
  @Answers(Shown)
  create(@Caller() caller: Principal, @Body(valid(CreateEventType)) body: z.infer<typeof CreateEventType>) {
    return this.store.transact(caller, async (tx) => show(await tx.create(eventType, body.name, body)));
  }

  @Get()
  @Answers(pageOf(Shown))
  async list(@Caller() caller: Principal, @Query(valid(ListEventTypes)) query: z.infer<typeof ListEventTypes>) {
    return page(await this.store.read(caller).list(eventType, query), query.limit, show);
  }

  @Get(':name')
  @Answers(Shown)
  async get(@Caller() caller: Principal, @Param('name') name: string, @Query(valid(AtQuery)) { at }: AtQuery) {
    return show(await this.store.read(caller).get(eventType, name, at));
  }

  @Roles('admin', 'provider')
  @Patch(':name')
  @Answers(Shown)
  patch(@Caller() caller: Principal, @Param('name') name: string, @IfMatch() ifMatch: number | null, @Body(valid(PatchEventType)) body: z.infer<typeof PatchEventType>) {
    return this.store.transact(caller, async (tx) => {
      const current = await tx.current(eventType, name, ifMatch);
      return show(await tx.append(eventType, current, Object.keys(body).length ? [changed(body)] : []));
    });
  }

  @Roles('admin', 'provider')
  @Delete(':name')
  @HttpCode(204)
  delete(@Caller() caller: Principal, @Param('name') name: string, @IfMatch() ifMatch: number | null) {
    return this.store.transact(caller, async (tx) => {
      await tx.delete(eventType, await tx.current(eventType, name, ifMatch));
    });
  }
}
