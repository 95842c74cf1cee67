import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Query } from '@nestjs/common';
import { Application, Fault, newId, streamOf, type Principal } from '@nuncio/contracts';
import { Answers, Caller, Creates, IfMatch, Operation, pageOf, Roles, valid, type Versions } from '@nuncio/service';
import type { z } from 'zod';
import { editors, readers, tenantFor } from '../access.js';
import { AtQuery, edited, EventStore, ListQuery, page, type Resource, type Transaction } from '../event-store/index.js';
import { answerOf, present } from '../presentation.js';
import { application, CreateApplication, DEFAULT_APPLICATION, PatchApplication } from './application.js';

const Shown = answerOf(Application.shape).meta({ id: 'Application' });

const show = (resource: Resource<Application>) => present(resource, { tenant: resource.state.tenant, name: resource.state.name });

@Controller('v1/applications')
export class ApplicationsController {
  constructor(private readonly store: EventStore) {}

  @Roles(...editors)
  @Operation({ description: 'Makes an application: a name for what a tenant connects.' })
  @Creates()
  @Answers(Shown)
  create(@Caller() caller: Principal, @Body(valid(CreateApplication)) body: z.infer<typeof CreateApplication>) {
    return this.store.transact(caller, async (tx) => {
      const id = newId('app', tx.at);
      return show(await tx.create(application, id, { id, tenant: await tenantFor(tx, body.tenant), name: body.name }));
    });
  }

  @Roles(...readers)
  @Operation({ description: "Applications within the caller's reach, newest first." })
  @Get()
  @Answers(pageOf(Shown))
  async list(@Caller() caller: Principal, @Query(valid(ListQuery)) query: ListQuery) {
    return page(await this.store.read(caller).list(application, query), query.limit, show);
  }

  @Roles(...readers)
  @Operation({ description: 'One application, as it is, or as it was at a time.' })
  @Get(':id')
  @Answers(Shown)
  async get(@Caller() caller: Principal, @Param('id') id: string, @Query(valid(AtQuery)) { at }: AtQuery) {
    return show(await this.store.read(caller).get(application, id, at));
  }

  @Roles(...editors)
  @Operation({ description: 'Renames an application. Every tenant keeps its `default`.' })
  @Patch(':id')
  @Answers(Shown)
  patch(@Caller() caller: Principal, @Param('id') id: string, @IfMatch() ifMatch: Versions, @Body(valid(PatchApplication)) body: z.infer<typeof PatchApplication>) {
    return this.store.transact(caller, async (tx) => {
      const current = await tx.current(application, id, ifMatch);
      await refuseOthers(tx, current);
      const changes = edited(current.state, body);
      if (changes.length) refuseDefault(current);
      return show(await tx.append(application, current, changes));
    });
  }

  @Roles(...editors)
  @Operation({ description: 'Deletes an application that has no callbacks. Every tenant keeps its `default`.' })
  @Delete(':id')
  @HttpCode(204)
  delete(@Caller() caller: Principal, @Param('id') id: string, @IfMatch() ifMatch: Versions) {
    return this.store.transact(caller, async (tx) => {
      const current = await tx.current(application, id, ifMatch);
      await refuseOthers(tx, current);
      refuseDefault(current);
      await tx.delete(application, current);
    });
  }
}

/** It is its whole tenant's to see, and to change only by who may manage everything that is in it. */
async function refuseOthers(tx: Transaction, { id }: Resource<Application>): Promise<void> {
  if (await tx.isUsedByOthers(streamOf('application', id))) throw new Fault('forbidden', 'There are callbacks in this application that you may not manage.');
}

function refuseDefault({ state }: Resource<Application>): void {
  if (state.name === DEFAULT_APPLICATION) throw new Fault('conflict', `every tenant keeps its application "${DEFAULT_APPLICATION}"`);
}
