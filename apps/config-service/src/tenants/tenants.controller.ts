import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Query } from '@nestjs/common';
import { Fault, newId, Tenant, type Principal, type Subscription } from '@nuncio/contracts';
import { Answers, Caller, Creates, IfMatch, pageOf, Roles, valid } from '@nuncio/service';
import type { z } from 'zod';
import { aggregates } from '../aggregates.js';
import { application, DEFAULT_APPLICATION } from '../applications/application.js';
import { AtQuery, deleted, edited, EventStore, page, PageQuery, type Resource } from '../event-store/index.js';
import { answerOf, present } from '../presentation.js';
import { CreateTenant, PatchTenant, tenant } from './tenant.js';

const Shown = answerOf(Tenant.shape).meta({ id: 'Tenant' });

const show = (resource: Resource<Tenant>) => {
  const { name, state, reason } = Tenant.parse(resource.state);
  return present(resource, { name, state, reason });
};

@Roles('admin')
@Controller('v1/tenants')
export class TenantsController {
  constructor(private readonly store: EventStore) {}

  @Creates()
  @Answers(Shown)
  create(@Caller() caller: Principal, @Body(valid(CreateTenant)) body: z.infer<typeof CreateTenant>) {
    return this.store.transact(caller, async (tx) => {
      const resource = await tx.create(tenant, body.id, { ...body, state: 'active', reason: null });
      const id = newId('app', tx.at);
      await tx.create(application, id, { id, tenant: body.id, name: DEFAULT_APPLICATION });
      return show(resource);
    });
  }

  @Get()
  @Answers(pageOf(Shown))
  async list(@Caller() caller: Principal, @Query(valid(PageQuery)) query: PageQuery) {
    return page(await this.store.read(caller).list(tenant, query), query.limit, show);
  }

  @Get(':id')
  @Answers(Shown)
  async get(@Caller() caller: Principal, @Param('id') id: string, @Query(valid(AtQuery)) { at }: AtQuery) {
    return show(await this.store.read(caller).get(tenant, id, at));
  }

  @Patch(':id')
  @Answers(Shown)
  patch(@Caller() caller: Principal, @Param('id') id: string, @IfMatch() ifMatch: number | null, @Body(valid(PatchTenant)) body: z.infer<typeof PatchTenant>) {
    return this.store.transact(caller, async (tx) => {
      const current = await tx.current(tenant, id, ifMatch);
      return show(await tx.append(tenant, current, edited(current.state, body)));
    });
  }

  /** With everything that is the tenant's, its keys among it. */
  @Delete(':id')
  @HttpCode(204)
  delete(@Caller() caller: Principal, @Param('id') id: string, @IfMatch() ifMatch: number | null) {
    return this.store.transact(caller, async (tx) => {
      await tx.current(tenant, id, ifMatch);
      const theirs = await tx.ofTenant(id);
      const active = theirs.filter(({ kind, state }) => kind === 'subscription' && (state as Subscription).state === 'activated');
      if (active.length) throw new Fault('in-use', `this tenant has active subscriptions: ${active.slice(0, 10).map((one) => one.id).join(', ')}`);
      for (const resource of theirs.reverse()) await tx.append(aggregates[resource.kind], resource, [deleted]);
    });
  }
}
