import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Query, Res } from '@nestjs/common';
import { EventType, isSuspended, type Keyed, type Principal, type Subscription } from '@nuncio/contracts';
import { schemaFaults } from '@nuncio/payload-schema';
import { Answers, Caller, Creates, IfMatch, Operation, Roles, valid, type Versions } from '@nuncio/service';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { readers } from '../access.js';
import { callback } from '../callbacks/callback.js';
import { edited, EventStore, PastQuery, type Resource } from '../event-store/index.js';
import { throwAny } from '../faults.js';
import { withKeying } from '../keying/keying.js';
import { asPatch, put, putAnswerOf, PutQuery, withIdOf, type Put as Putting } from '../keying/put.js';
import { list, listOf, listQuery, type ListQuery } from '../lists/list.js';
import { mergePatch } from '../merge-patch.js';
import { answerOf, present, shownLabels } from '../presentation.js';
import { subscription } from '../subscriptions/subscription.js';
import { tenant } from '../tenants/tenant.js';
import { CreateEventType, eventType, PatchEventType, PutEventType, refuseNotice } from './event-type.js';
import { admissionFaults, simulated, SimulatedEvent, Simulation, verdictOf } from './simulation.js';

const Shown = answerOf({ ...EventType.shape, ...shownLabels }).meta({ id: 'EventType' });

const show = (resource: Resource<EventType>) => present(resource, { ...EventType.parse(resource.state), labels: resource.state.labels ?? {} });

const Listing = listQuery('event-type');
const PutTypeQuery = PutQuery.omit({ tenant: true });

@Controller('v1/event-types')
export class EventTypesController {
  constructor(private readonly store: EventStore) {}

  @Roles('admin', 'provider')
  @Operation({ description: 'Adds an event type to the catalogue.' })
  @Creates()
  @Answers(Shown)
  create(@Caller() caller: Principal, @Body(valid(CreateEventType)) body: z.infer<typeof CreateEventType>) {
    refuseUnusable(body.schema);
    return this.store.transact(caller, async (tx) => show(await tx.create(eventType, body.name, withKeying({}, body))));
  }

  @Operation({ description: 'The catalogue of event types, newest first.' })
  @Get()
  @Answers(listOf(Shown))
  list(@Caller() caller: Principal, @Query(valid(Listing)) query: ListQuery) {
    return list(this.store.read(caller), eventType, query, show);
  }

  @Operation({ description: 'One event type, at present or as it was before.' })
  @Get(':name')
  @Answers(Shown)
  async get(@Caller() caller: Principal, @Param('name') name: string, @Query(valid(PastQuery)) past: PastQuery) {
    return show(await this.store.read(caller).get(eventType, name, past));
  }

  @Roles('admin', 'provider')
  @Operation({ description: 'Changes only the fields in the body; `schema` is a merge patch. Existing subscriptions stay as they are.', example: { description: 'An invoice was paid in full.' } })
  @Patch(':name')
  @Answers(Shown)
  patch(@Caller() caller: Principal, @Param('name') name: string, @IfMatch() ifMatch: Versions, @Body(valid(PatchEventType)) body: z.infer<typeof PatchEventType>) {
    refuseNotice(name);
    return this.store.transact(caller, async (tx) => {
      const current = await tx.current(eventType, name, ifMatch);
      const fields = body.schema === undefined ? body : { ...body, schema: mergePatch(current.state.schema, body.schema) as EventType['schema'] };
      refuseUnusable(fields.schema);
      return show(await tx.append(eventType, current, edited(current.state, withKeying(current.state, fields))));
    });
  }

  @Roles('admin', 'provider')
  @Operation({ description: 'Creates the event type, or replaces its fields. Existing subscriptions stay as they are.', statuses: [200, 201] })
  @Put(':name')
  @Answers(putAnswerOf(Shown))
  put(@Caller() caller: Principal, @Param('name') name: string, @IfMatch() ifMatch: Versions, @Query(valid(PutTypeQuery)) query: z.infer<typeof PutTypeQuery>, @Body(valid(PutEventType)) body: z.infer<typeof PutEventType>, @Res({ passthrough: true }) reply: FastifyReply) {
    refuseNotice(name);
    refuseUnusable(body.schema);
    return put(this.store, putting, { caller, id: name, ifMatch, query, body: withIdOf(name, body, 'name', CreateEventType.shape.name), reply });
  }

  @Roles('admin', 'provider')
  @Operation({ description: 'Deletes an event type that no subscription names.' })
  @Delete(':name')
  @HttpCode(204)
  delete(@Caller() caller: Principal, @Param('name') name: string, @IfMatch() ifMatch: Versions) {
    refuseNotice(name);
    return this.store.transact(caller, async (tx) => {
      await tx.delete(eventType, await tx.current(eventType, name, ifMatch));
    });
  }

  @Roles(...readers)
  @Operation({ description: 'Publishes nothing. Says which subscriptions would get this event, and why the others would not, newest first.', example: { tenant: 'acme', data: { invoice: 'in_4711' } } })
  @Post(':name/simulate')
  @Answers(Simulation)
  @HttpCode(200)
  async simulate(@Caller() caller: Principal, @Param('name') name: string, @Query(valid(listQuery('subscription'))) query: ListQuery, @Body(valid(SimulatedEvent)) body: z.infer<typeof SimulatedEvent>) {
    const theirs = this.store.read(caller);
    const { state: type } = await theirs.get(eventType, name);
    const addressed = simulated(EventType.parse(type), body, caller);
    const there = new Set((await theirs.findAll(tenant, addressed.tenants)).map(({ id }) => id));
    // A caller of one tenant is not told which other tenants exist.
    const errors = admissionFaults(addressed, (id) => caller.tenant !== null || there.has(id));
    const { items: asked, next } = await list(theirs, subscription, query, (one) => one);
    const callbacks = new Map((await theirs.findAll(callback, asked.map(({ state }) => state.callback))).map(({ id, state }) => [id, state]));
    const now = Date.now();
    const suspended = new Set((await theirs.findAll(tenant, asked.map(({ state }) => state.tenant))).filter(({ state }) => isSuspended(state)).map(({ id }) => id));
    const show = ({ id, state }: Resource<Subscription>) => ({
      subscription: id,
      tenant: state.tenant,
      callback: state.callback,
      ...verdictOf(state, { callback: callbacks.get(state.callback) ?? null, now, isTenantSuspended: suspended.has(state.tenant) }, addressed, !errors.length),
    });
    return { admitted: !errors.length, errors, items: asked.map(show), next };
  }
}

const made = (resource: Resource<EventType>) => ({ resource, answer: show(resource) });

const putting: Putting<EventType & Keyed, z.infer<typeof CreateEventType> & { tenant?: undefined; externalId?: undefined }, ReturnType<typeof show>> = {
  aggregate: eventType,
  show,
  idField: 'name',
  create: async (tx, body) => made(await tx.create(eventType, body.name, withKeying({}, body))),
  replace: async (tx, current, body) => made(await tx.append(eventType, current, edited<EventType>(current.state, withKeying(current.state, asPatch(body, CreateEventType.shape, { labels: current.state.labels }))))),
};

function refuseUnusable(schema: EventType['schema'] | undefined): void {
  if (schema) throwAny(schemaFaults(schema, '/schema'));
}
