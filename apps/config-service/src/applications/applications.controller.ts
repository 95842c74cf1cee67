import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Put, Query, Res } from '@nestjs/common';
import { Application, Fault, newId, streamOf, type Principal } from '@nuncio/contracts';
import { Answers, Caller, Creates, IfMatch, Operation, Roles, valid, type Versions } from '@nuncio/service';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { editors, readers, tenantFor } from '../access.js';
import { edited, EventStore, PastQuery, type Resource, type Transaction } from '../event-store/index.js';
import { withKeying } from '../keying/keying.js';
import { asPatch, put, putAnswerOf, PutQuery, type Put as Putting } from '../keying/put.js';
import { list, listOf, listQuery, type ListQuery } from '../lists/list.js';
import { keyedAnswerOf, presentKeyed } from '../presentation.js';
import { application, CreateApplication, DEFAULT_APPLICATION, PatchApplication } from './application.js';

const Shown = keyedAnswerOf(Application.shape).meta({ id: 'Application' });

const show = (resource: Resource<Application>) => presentKeyed(resource, { tenant: resource.state.tenant, name: resource.state.name });

const Listing = listQuery('application');

@Controller('v1/applications')
export class ApplicationsController {
  constructor(private readonly store: EventStore) {}

  @Roles(...editors)
  @Operation({ description: "Creates an application: a tenant's name for something that it connects." })
  @Creates()
  @Answers(Shown)
  create(@Caller() caller: Principal, @Body(valid(CreateApplication)) body: z.infer<typeof CreateApplication>) {
    return this.store.transact(caller, async (tx) => show(await create(tx, body)));
  }

  @Roles(...readers)
  @Operation({ description: 'The applications that the caller may see, newest first.' })
  @Get()
  @Answers(listOf(Shown))
  list(@Caller() caller: Principal, @Query(valid(Listing)) query: ListQuery) {
    return list(this.store.read(caller), application, query, show);
  }

  @Roles(...readers)
  @Operation({ description: 'One application, at present or as it was before.' })
  @Get(':id')
  @Answers(Shown)
  async get(@Caller() caller: Principal, @Param('id') id: string, @Query(valid(PastQuery)) past: PastQuery) {
    return show(await this.store.read(caller).get(application, id, past));
  }

  @Roles(...editors)
  @Operation({ description: "Renames an application. The tenant's application `default` cannot be renamed." })
  @Patch(':id')
  @Answers(Shown)
  patch(@Caller() caller: Principal, @Param('id') id: string, @IfMatch() ifMatch: Versions, @Body(valid(PatchApplication)) body: z.infer<typeof PatchApplication>) {
    return this.store.transact(caller, async (tx) => {
      return show(await edit(tx, await tx.current(application, id, ifMatch), body));
    });
  }

  @Roles(...editors)
  @Operation({ description: 'With `ext:<externalId>` as the id: creates the application, or replaces its fields.', statuses: [200, 201] })
  @Put(':id')
  @Answers(putAnswerOf(Shown))
  put(@Caller() caller: Principal, @Param('id') id: string, @IfMatch() ifMatch: Versions, @Query(valid(PutQuery)) query: PutQuery, @Body(valid(CreateApplication)) body: z.infer<typeof CreateApplication>, @Res({ passthrough: true }) reply: FastifyReply) {
    return put(this.store, putting, { caller, id, ifMatch, query, body, reply });
  }

  @Roles(...editors)
  @Operation({ description: "Deletes an application that has no callbacks. The tenant's application `default` cannot be deleted." })
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

/** The whole tenant sees an application. Only a caller who may manage every callback in it may change it. */
async function refuseOthers(tx: Transaction, { id }: Resource<Application>): Promise<void> {
  if (await tx.isUsedByOthers(streamOf('application', id))) throw new Fault('forbidden', 'There are callbacks in this application that you may not manage.');
}

function refuseDefault({ state }: Resource<Application>): void {
  if (state.name === DEFAULT_APPLICATION) throw new Fault('conflict', `every tenant keeps its application "${DEFAULT_APPLICATION}"`);
}

async function create(tx: Transaction, { tenant, ...body }: z.infer<typeof CreateApplication>): Promise<Resource<Application>> {
  const id = newId('app', tx.at);
  return tx.create(application, id, { id, tenant: await tenantFor(tx, tenant), ...withKeying({}, body) });
}

async function edit(tx: Transaction, current: Resource<Application>, body: z.infer<typeof PatchApplication>): Promise<Resource<Application>> {
  await refuseOthers(tx, current);
  if (body.name !== undefined && body.name !== current.state.name) refuseDefault(current);
  return tx.append(application, current, edited(current.state, withKeying(current.state, body)));
}

const made = (resource: Resource<Application>) => ({ resource, answer: show(resource) });

const putting: Putting<Application, z.infer<typeof CreateApplication>, ReturnType<typeof show>> = {
  aggregate: application,
  show,
  create: async (tx, body) => made(await create(tx, body)),
  replace: async (tx, current, body) => made(await edit(tx, current, asPatch(body, PatchApplication.shape, { labels: current.state.labels }))),
};
