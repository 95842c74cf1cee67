import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Query, Res } from '@nestjs/common';
import { Fault, newId, NO_QUOTAS, Quotas, Tenant, type Principal } from '@nuncio/contracts';
import { Answers, Caller, Creates, IfMatch, Operation, Roles, valid, type Versions } from '@nuncio/service';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { aggregates } from '../aggregates.js';
import { application, DEFAULT_APPLICATION } from '../applications/application.js';
import { deleted, edited, EventStore, PastQuery, type Resource, type Transaction } from '../event-store/index.js';
import { withKeying } from '../keying/keying.js';
import { asPatch, put, putAnswerOf, PutQuery, withIdOf, type Put as Putting } from '../keying/put.js';
import { invalid } from '../faults.js';
import { list, listOf, listQuery, type ListQuery } from '../lists/list.js';
import { keyedAnswerOf, presentKeyed } from '../presentation.js';
import { CreateTenant, mergeQuotas, PatchTenant, PutTenant, SuspendTenant, tenant } from './tenant.js';

/** Resources deleted in one step. It takes some ten milliseconds, during which other writers wait. */
const DELETED_AT_ONCE = 25;

const Shown = keyedAnswerOf({ ...Tenant.shape, quotas: Quotas.describe('Limits for the tenant') }).meta({ id: 'Tenant' });

const show = (resource: Resource<Tenant>) => {
  const { name, state, reason, quotas = NO_QUOTAS } = Tenant.parse(resource.state);
  return presentKeyed(resource, { name, state, reason, quotas });
};

interface Moved {
  readonly type: string;
  readonly from: Tenant['state'];
  readonly to: Tenant['state'];
  readonly reason: string | null;
}

const Listing = listQuery('tenant');

@Roles('admin')
@Controller('v1/tenants')
export class TenantsController {
  constructor(private readonly store: EventStore) {}

  @Operation({ description: 'Creates a tenant, with an application called `default`.' })
  @Creates()
  @Answers(Shown)
  create(@Caller() caller: Principal, @Body(valid(CreateTenant)) body: z.infer<typeof CreateTenant>) {
    return this.store.transact(caller, async (tx) => show(await create(tx, body)));
  }

  @Roles('admin', 'provider')
  @Operation({ description: 'All tenants, newest first.' })
  @Get()
  @Answers(listOf(Shown))
  list(@Caller() caller: Principal, @Query(valid(Listing)) query: ListQuery) {
    return list(this.store.read(caller), tenant, query, show);
  }

  @Roles('admin', 'provider')
  @Operation({ description: 'One tenant, at present or as it was before.' })
  @Get(':id')
  @Answers(Shown)
  async get(@Caller() caller: Principal, @Param('id') id: string, @Query(valid(PastQuery)) past: PastQuery) {
    return show(await this.store.read(caller).get(tenant, id, past));
  }

  @Operation({ description: 'Changes only the fields in the body: name, quotas, labels.', example: { name: 'Acme GmbH' } })
  @Patch(':id')
  @Answers(Shown)
  patch(@Caller() caller: Principal, @Param('id') id: string, @IfMatch() ifMatch: Versions, @Body(valid(PatchTenant)) body: z.infer<typeof PatchTenant>) {
    return this.store.transact(caller, async (tx) => {
      const current = await tx.current(tenant, id, ifMatch);
      return show(await edit(tx, current, body));
    });
  }

  @Operation({ description: 'With its id, or `ext:<externalId>`: creates the tenant, or replaces its fields.', statuses: [200, 201] })
  @Put(':id')
  @Answers(putAnswerOf(Shown))
  put(@Caller() caller: Principal, @Param('id') id: string, @IfMatch() ifMatch: Versions, @Query(valid(PutQuery)) query: PutQuery, @Body(valid(PutTenant)) body: z.infer<typeof PutTenant>, @Res({ passthrough: true }) reply: FastifyReply) {
    return put(this.store, putting, { caller, id, ifMatch, query, body: withIdOf(id, body, 'id', CreateTenant.shape.id), reply });
  }

  @Roles('admin', 'provider')
  @Operation({ description: 'Suspends a tenant: none of its subscriptions gets anything, and its keys can only read. Their states stay as they are.', errors: ['illegal-move'] })
  @Post(':id/suspend')
  @HttpCode(200)
  @Answers(Shown)
  suspend(@Caller() caller: Principal, @Param('id') id: string, @IfMatch() ifMatch: Versions, @Body(valid(SuspendTenant)) body: z.infer<typeof SuspendTenant>) {
    return this.#move(caller, id, ifMatch, { type: 'suspended', from: 'active', to: 'suspended', reason: body.reason ?? null });
  }

  @Roles('admin', 'provider')
  @Operation({ description: 'Ends the suspension of a tenant. Events published from then on are delivered as before.', errors: ['illegal-move'] })
  @Post(':id/unsuspend')
  @HttpCode(200)
  @Answers(Shown)
  unsuspend(@Caller() caller: Principal, @Param('id') id: string, @IfMatch() ifMatch: Versions) {
    return this.#move(caller, id, ifMatch, { type: 'unsuspended', from: 'suspended', to: 'active', reason: null });
  }

  #move(caller: Principal, id: string, ifMatch: Versions, { type, from, to, reason }: Moved) {
    return this.store.transact(caller, async (tx) => {
      const current = await tx.current(tenant, id, ifMatch);
      const { state } = Tenant.parse(current.state);
      if (state !== from) throw new Fault('illegal-move', `this tenant is ${state}`);
      return show(await tx.append(tenant, current, [{ type, data: { state: to, reason } }]));
    });
  }

  @Operation({ description: 'Deletes a tenant that has no active subscription, with everything that belongs to it, including its keys. Its id is never used again.' })
  @Delete(':id')
  @HttpCode(204)
  async delete(@Caller() caller: Principal, @Param('id') id: string, @IfMatch() ifMatch: Versions): Promise<void> {
    for (let step = 0, left = true; left; step++) {
      left = await this.store.transact(caller, async (tx) => {
        const current = await tx.current(tenant, id, step === 0 ? ifMatch : null);
        const active = await tx.subscriptionsIn(id, 'activated');
        if (active.length) throw new Fault('in-use', `this tenant has active subscriptions: ${active.slice(0, 10).map((one) => one.id).join(', ')}`);
        const theirs = await tx.ofTenant(id, DELETED_AT_ONCE + 1);
        const isMore = theirs.length > DELETED_AT_ONCE;
        for (const resource of theirs.slice(0, DELETED_AT_ONCE)) await tx.append(aggregates[resource.kind], resource, [deleted]);
        if (isMore && Tenant.parse(current.state).state === 'active') await tx.append(tenant, current, [{ type: 'suspended', data: { state: 'suspended', reason: 'It is being deleted.' } }]);
        return isMore;
      });
    }
  }
}

async function create(tx: Transaction, body: z.infer<typeof CreateTenant>): Promise<Resource<Tenant>> {
  const resource = await tx.create(tenant, body.id, { ...withKeying({}, body), quotas: mergeQuotas(undefined, body.quotas), state: 'active', reason: null });
  const id = newId('app', tx.at);
  await tx.create(application, id, { id, tenant: body.id, name: DEFAULT_APPLICATION });
  return resource;
}

const edit = (tx: Transaction, current: Resource<Tenant>, body: z.infer<typeof PatchTenant>): Promise<Resource<Tenant>> => {
  const { quotas, ...fields } = withKeying(current.state, body);
  return tx.append(tenant, current, edited(current.state, quotas === undefined ? fields : { ...fields, quotas: mergeQuotas(current.state.quotas, quotas) }));
};

const made = (resource: Resource<Tenant>) => ({ resource, answer: show(resource) });

const putting: Putting<Tenant, z.infer<typeof CreateTenant> & { tenant?: undefined }, ReturnType<typeof show>> = {
  aggregate: tenant,
  show,
  idField: 'id',
  create: async (tx, body) => made(await create(tx, body)),
  replace: async (tx, current, body) => {
    if (body.id !== current.id) throw invalid('/id', 'other', `is "${current.id}", and cannot be changed`);
    return made(await edit(tx, current, asPatch(body, PatchTenant.shape, { labels: current.state.labels, quotas: current.state.quotas })));
  },
};
