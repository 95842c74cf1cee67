import { isDeepStrictEqual } from 'node:util';
import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { EVERYTHING, Fault, isFault, newId, streamOf, type FaultDetail, type Principal } from '@nuncio/contracts';
import { Answers, Caller, Creates, IfMatch, pageOf, pathPart, Roles, valid } from '@nuncio/service';
import { z } from 'zod';
import { editors, readers, tenantFor } from '../access.js';
import { callback } from '../callbacks/callback.js';
import { AtQuery, EventStore, filter, page, PageQuery, type Transaction } from '../event-store/index.js';
import { eventType } from '../event-types/event-type.js';
import { throwAny } from '../faults.js';
import { moves, requireMove, type Move, type MoveName } from './moves.js';
import { ShownSubscription, showSubscription, Verified, type Verification } from './presentation.js';
import { CreateSubscription, draft, edit, move, MoveRequest, PatchSubscription, subscription } from './subscription.js';
import { Verifications } from './verification.js';

const ListSubscriptions = PageQuery.extend({ callback: filter, eventType: filter });
const MovePath = z.enum((Object.keys(moves) as MoveName[]).filter((name) => name !== 'edit' && name !== 'delete'));

@Controller('v1/subscriptions')
export class SubscriptionsController {
  constructor(
    private readonly store: EventStore,
    private readonly verifications: Verifications,
  ) {}

  /** The same types and filter to the same callback twice are one draft. With `activate` the answer's state says how far it got. */
  @Roles(...editors)
  @Creates()
  @Answers(Verified)
  async create(@Caller() caller: Principal, @Body(valid(CreateSubscription)) { tenant: named, activate, ...body }: z.infer<typeof CreateSubscription>) {
    const created = await this.store.transact(caller, async (tx) => {
      const tenant = await tenantFor(tx, named);
      await refuseUnknown(tx, tenant, body);
      const drafts = await tx.dependents(subscription, [streamOf('callback', body.callback)], { state: 'draft', eventTypes: body.eventTypes });
      const existing = drafts.find(({ state }) => state.eventTypes.length === body.eventTypes.length && isDeepStrictEqual(state.filter, body.filter));
      const id = newId('sub', tx.at);
      return existing ?? (await tx.create(subscription, id, draft({ id, tenant, ...body })));
    });
    if (!activate) return showSubscription(created);
    const verification = await this.verifications.verify(caller, created.id, null).then((tried) => tried.verification, whyNot);
    const resource = await this.store.transact(caller, async (tx) => {
      const current = await tx.get(subscription, created.id);
      return tx.append(subscription, current, current.state.state === 'validated' ? [move('validated', 'activate')] : []);
    });
    return { ...showSubscription(resource), verification };
  }

  @Roles(...readers)
  @Get()
  @Answers(pageOf(ShownSubscription))
  async list(@Caller() caller: Principal, @Query(valid(ListSubscriptions)) query: z.infer<typeof ListSubscriptions>) {
    const links = [query.callback?.map((id) => streamOf('callback', id)), query.eventType?.map((name) => streamOf('event-type', name))].filter((streams) => streams !== undefined);
    return page(await this.store.read(caller).list(subscription, { ...query, links }), query.limit, showSubscription);
  }

  @Roles(...readers)
  @Get(':id')
  @Answers(ShownSubscription)
  async get(@Caller() caller: Principal, @Param('id') id: string, @Query(valid(AtQuery)) { at }: AtQuery) {
    return showSubscription(await this.store.read(caller).get(subscription, id, at));
  }

  @Roles(...moves.edit.by)
  @Patch(':id')
  @Answers(ShownSubscription)
  patch(@Caller() caller: Principal, @Param('id') id: string, @IfMatch() ifMatch: number | null, @Body(valid(PatchSubscription)) body: z.infer<typeof PatchSubscription>) {
    return this.store.transact(caller, async (tx) => {
      const current = await tx.current(subscription, id, ifMatch);
      await refuseUnknown(tx, current.state.tenant, { callback: body.callback ?? current.state.callback, eventTypes: body.eventTypes ?? [] });
      return showSubscription(await tx.append(subscription, current, Object.keys(body).length ? [edit(current.state.state, body)] : []));
    });
  }

  /** With what was parked for it. */
  @Roles(...moves.delete.by)
  @Delete(':id')
  @HttpCode(204)
  delete(@Caller() caller: Principal, @Param('id') id: string, @IfMatch() ifMatch: number | null) {
    return this.store.transact(caller, async (tx) => {
      const current = await tx.current(subscription, id, ifMatch);
      requireMove(current.state.state, 'delete');
      await tx.delete(subscription, current);
    });
  }

  /** Who may is in the table of moves, and is checked before anything is looked up. */
  @Roles('admin', 'provider', 'consumer')
  @Post(':id/:move')
  @HttpCode(200)
  @Answers(Verified)
  async move(@Caller() caller: Principal, @Param('id') id: string, @Param('move', pathPart(MovePath)) name: z.infer<typeof MovePath>, @IfMatch() ifMatch: number | null, @Body(valid(MoveRequest)) body: z.infer<typeof MoveRequest>) {
    const { by }: Move = moves[name];
    if (!by.includes(caller.role)) throw new Fault('forbidden', `The role ${caller.role} may not ${name}; ${by.join(', ')} may.`);
    if (name !== 'verify') return this.#move(caller, id, name, ifMatch, body.reason ?? null);
    const { resource, verification } = await this.verifications.verify(caller, id, ifMatch);
    return { ...showSubscription(resource), verification };
  }

  #move(caller: Principal, id: string, name: Moved, ifMatch: number | null, reason: string | null) {
    return this.store.transact(caller, async (tx) => {
      const current = await tx.current(subscription, id, ifMatch);
      return showSubscription(await tx.append(subscription, current, [move(current.state.state, name, reason)]));
    });
  }
}

type Moved = Exclude<MoveName, 'edit' | 'delete' | 'verify'>;

/** The subscription is there, be it not verified (too many samples, an edit meanwhile): the answer to its creation says why. */
function whyNot(error: unknown): Verification {
  if (!isFault(error)) throw error;
  return { ok: false, status: null, error: { class: 'internal', detail: error.message }, tokenError: null };
}

/** What a subscription names must be there, within its tenant; all that is not is named at once. */
async function refuseUnknown(tx: Transaction, tenant: string, { callback: id, eventTypes }: { callback: string; eventTypes: readonly string[] }): Promise<void> {
  const to = await tx.find(callback, id);
  const faults: FaultDetail[] = to?.tenant === tenant ? [] : [{ pointer: '/callback', code: 'unknown', detail: `there is no callback "${id}"` }];
  for (const [i, name] of eventTypes.entries())
    if (name !== EVERYTHING && !(await tx.find(eventType, name))) faults.push({ pointer: `/eventTypes/${i}`, code: 'unknown', detail: `there is no event type "${name}"` });
  throwAny(faults);
}
