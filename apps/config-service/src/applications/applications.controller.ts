import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Query } from '@nestjs/common';
import { Application, Fault, newId, type Principal } from '@nuncio/contracts';
import { Answers, Caller, Creates, IfMatch, pageOf, Roles, valid } from '@nuncio/service';
import type { z } from 'zod';
import { editors, readers, tenantFor } from '../access.js';
import { AtQuery, edited, EventStore, ListQuery, page, type Resource } from '../event-store/index.js';
import { answerOf, present } from '../presentation.js';
import { application, CreateApplication, DEFAULT_APPLICATION, PatchApplication } from './application.js';

const Shown = answerOf(Application.shape).meta({ id: 'Application' });

const show = (resource: Resource<Application>) => present(resource, { tenant: resource.state.tenant, name: resource.state.name });

@Controller('v1/applications')
export class ApplicationsController {
  constructor(private readonly store: EventStore) {}

  @Roles(...editors)
  @Creates()
  @Answers(Shown)
  create(@Caller() caller: Principal, @Body(valid(CreateApplication)) body: z.infer<typeof CreateApplication>) {
    return this.store.transact(caller, async (tx) => {
      const id = newId('app', tx.at);
      return show(await tx.create(application, id, { id, tenant: await tenantFor(tx, body.tenant), name: body.name }));
    });
  }

  @Roles(...readers)
  @Get()
  @Answers(pageOf(Shown))
  async list(@Caller() caller: Principal, @Query(valid(ListQuery)) query: ListQuery) {
    return page(await this.store.read(caller).list(application, query), query.limit, show);
  }

  @Roles(...readers)
  @Get(':id')
  @Answers(Shown)
  async get(@Caller() caller: Principal, @Param('id') id: string, @Query(valid(AtQuery)) { at }: AtQuery) {
    return show(await this.store.read(caller).get(application, id, at));
  }

  @Roles(...editors)
  @Patch(':id')
  @Answers(Shown)
  patch(@Caller() caller: Principal, @Param('id') id: string, @IfMatch() ifMatch: number | null, @Body(valid(PatchApplication)) body: z.infer<typeof PatchApplication>) {
    return this.store.transact(caller, async (tx) => {
      const current = await tx.current(application, id, ifMatch);
      const changes = edited(current.state, body);
      if (changes.length) refuseDefault(current);
      return show(await tx.append(application, current, changes));
    });
  }

  @Roles(...editors)
  @Delete(':id')
  @HttpCode(204)
  delete(@Caller() caller: Principal, @Param('id') id: string, @IfMatch() ifMatch: number | null) {
    return this.store.transact(caller, async (tx) => {
      const current = await tx.current(application, id, ifMatch);
      refuseDefault(current);
      await tx.delete(application, current);
    });
  }
}

function refuseDefault({ state }: Resource<Application>): void {
  if (state.name === DEFAULT_APPLICATION) throw new Fault('conflict', `every tenant keeps its application "${DEFAULT_APPLICATION}"`);
}
