import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { Fault, isFault, newId, streamOf, SubscriptionState, type Principal, type Subscription } from '@nuncio/contracts';
import { Answers, Caller, Creates, IfMatch, Operation, pageOf, pathPart, Roles, valid, type Versions } from '@nuncio/service';
import { z } from 'zod';
import { editors, readers, tenantFor } from '../access.js';
import { AtQuery, anyOf, EventStore, filter, ListQuery, page, type Resource, type Transaction } from '../event-store/index.js';
import { needsApproval, refuseSuspended, refuseUnknown, requireApproval, twinFault, twinOf, typesOf } from './admission.js';
import { isProvidersAlone, moves, requireMove, type Move, type MoveName } from './moves.js';
import { ShownSubscription, showSubscription, Verified, type Verification } from './presentation.js';
import { CreateSubscription, draft, edit, isAdmitted, move, MoveRequest, PatchSubscription, subscription } from './subscription.js';
import { Verifications } from './verification.js';

const ListSubscriptions = ListQuery.extend({ callback: filter, eventType: filter, state: anyOf(SubscriptionState).describe('Those in these states') });
const MovePath = z.enum((Object.keys(moves) as MoveName[]).filter((name) => name !== 'edit' && name !== 'delete'));

@Controller('v1/subscriptions')
export class SubscriptionsController {
  constructor(
    private readonly store: EventStore,
    private readonly verifications: Verifications,
  ) {}

  @Roles(...editors)
  @Operation({ description: 'Makes a subscription, as a draft. One with the same callback, types and filter that is a draft is answered instead. With `activate` it is verified and activated at once, and `state` says how far it got.' })
  @Creates()
  @Answers(Verified)
  async create(@Caller() caller: Principal, @Body(valid(CreateSubscription)) { tenant: named, activate, ...body }: z.infer<typeof CreateSubscription>) {
    const created = await this.store.transact(caller, async (tx) => {
      const tenant = await tenantFor(tx, named);
      await refuseUnknown(tx, tenant, body);
      await refuseSuspended(tx, tenant, body.eventTypes);
      const twin = await twinOf(tx, body);
      if (twin && twin.state.state !== 'draft') throw twinFault(twin);
      const id = newId('sub', tx.at);
      return twin ?? (await tx.create(subscription, id, draft({ id, tenant, ...body })));
    });
    if (!activate) return showSubscription(caller)(created);
    let verification = await this.verifications.verify(caller, created.id, null).then((tried) => tried.verification, whyNot);
    const activated = this.store.transact(caller, async (tx) => {
      const current = await tx.get(subscription, created.id);
      return current.state.state === 'validated' ? moved(tx, current, 'activate') : current;
    });
    const resource = await activated.catch((refused: unknown) => {
      verification = whyNot(refused);
      return this.store.read(caller).get(subscription, created.id);
    });
    return { ...showSubscription(caller)(resource), verification };
  }

  @Roles(...readers)
  @Operation({ description: "Subscriptions within the caller's reach, newest first." })
  @Get()
  @Answers(pageOf(ShownSubscription))
  async list(@Caller() caller: Principal, @Query(valid(ListSubscriptions)) query: z.infer<typeof ListSubscriptions>) {
    const links = [query.callback?.map((id) => streamOf('callback', id)), query.eventType?.map((name) => streamOf('event-type', name))].filter((streams) => streams !== undefined);
    return page(await this.store.read(caller).list(subscription, { ...query, links, fields: { state: query.state } }), query.limit, showSubscription(caller));
  }

  @Roles(...readers)
  @Operation({ description: 'One subscription, as it is, or as it was at a time, and what the caller may do with it now.' })
  @Get(':id')
  @Answers(ShownSubscription)
  async get(@Caller() caller: Principal, @Param('id') id: string, @Query(valid(AtQuery)) { at }: AtQuery) {
    return showSubscription(caller)(await this.store.read(caller).get(subscription, id, at));
  }

  @Roles(...moves.edit.by)
  @Operation({ description: 'Changes what is named. One that is activated, blocked or deactivated is edited in place; any other is a draft again.', example: { eventTypes: ['invoice.paid', 'invoice.voided'] } })
  @Patch(':id')
  @Answers(ShownSubscription)
  patch(@Caller() caller: Principal, @Param('id') id: string, @IfMatch() ifMatch: Versions, @Body(valid(PatchSubscription)) body: z.infer<typeof PatchSubscription>) {
    return this.store.transact(caller, async (tx) => {
      const current = await tx.current(subscription, id, ifMatch);
      const wanted = { ...current.state, ...body };
      await refuseUnknown(tx, wanted.tenant, { callback: wanted.callback, eventTypes: body.eventTypes ?? [] });
      const types = await typesOf(tx, [...current.state.eventTypes, ...wanted.eventTypes]);
      const changes = edit(current.state, body, (name) => types.get(name)?.approval === 'required');
      if (changes.length && body.eventTypes) await refuseSuspended(tx, wanted.tenant, body.eventTypes);
      const twin = changes.length ? await twinOf(tx, wanted, id) : undefined;
      if (twin) throw twinFault(twin);
      return showSubscription(caller)(await tx.append(subscription, current, changes));
    });
  }

  @Roles(...moves.delete.by)
  @Operation({ description: 'Deletes a subscription that is not activated, with what was parked for it.' })
  @Delete(':id')
  @HttpCode(204)
  delete(@Caller() caller: Principal, @Param('id') id: string, @IfMatch() ifMatch: Versions) {
    return this.store.transact(caller, async (tx) => {
      const current = await tx.current(subscription, id, ifMatch);
      const { state } = current.state;
      requireMove(state, 'delete');
      if (isProvidersAlone(state, 'delete', caller.role)) throw new Fault('suspended', 'a provider has suspended this subscription, and only a provider deletes it');
      await tx.delete(subscription, current);
    });
  }

  @Roles('admin', 'provider', 'consumer')
  @Operation({ description: "Moves it to another state: `verify` sends a sample; `submit`, `approve` and `reject` are of types that require approval; `activate` and `deactivate` are its owner's, `suspend` and `unsuspend` a provider's; `block` and `unblock` stop it and send what was parked.", errors: ['illegal-move', 'too-many-requests'] })
  @Post(':id/:move')
  @HttpCode(200)
  @Answers(Verified)
  async move(@Caller() caller: Principal, @Param('id') id: string, @Param('move', pathPart(MovePath)) name: z.infer<typeof MovePath>, @IfMatch() ifMatch: Versions, @Body(valid(MoveRequest)) body: z.infer<typeof MoveRequest>) {
    const { by }: Move = moves[name];
    if (!by.includes(caller.role)) throw new Fault('forbidden', `The role ${caller.role} may not ${name}; ${by.join(', ')} may.`);
    if (name !== 'verify') return this.#move(caller, id, name, ifMatch, body.reason ?? null);
    const { resource, verification } = await this.verifications.verify(caller, id, ifMatch);
    return { ...showSubscription(caller)(resource), verification };
  }

  #move(caller: Principal, id: string, name: Moved, ifMatch: Versions, reason: string | null) {
    return this.store.transact(caller, async (tx) => {
      const current = await tx.current(subscription, id, ifMatch);
      return showSubscription(caller)(await moved(tx, current, name, reason));
    });
  }
}

type Moved = Exclude<MoveName, 'edit' | 'delete' | 'verify'>;

/** What a move is refused for beside its state is decided here, whoever asks for it, and where nobody else writes. Throws Faults `illegal-move` and `suspended`. */
async function moved(tx: Transaction, current: Resource<Subscription>, name: Moved, reason: string | null = null): Promise<Resource<Subscription>> {
  const { state, tenant, eventTypes } = current.state;
  const lacksApproval = name === 'unsuspend' && !isAdmitted(current.state) && (await needsApproval(tx, eventTypes));
  const to = name === 'unsuspend' ? (lacksApproval ? 'draft' : 'deactivated') : undefined;
  const change = move(state, name, reason, to);
  if (name === 'activate') await requireApproval(tx, current);
  if (name === 'activate' || name === 'unblock') await refuseSuspended(tx, tenant, eventTypes);
  return tx.append(subscription, current, [change]);
}

/** The subscription is there, be it not verified (too many samples, an edit meanwhile): the answer to its creation says why. */
function whyNot(error: unknown): Verification {
  if (!isFault(error)) throw error;
  return { ok: false, status: null, error: { class: 'internal', detail: error.message }, tokenError: null };
}
