import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Query, Res } from '@nestjs/common';
import { Fault, isFault, newId, type SubscriptionState, type Principal, type Subscription } from '@nuncio/contracts';
import { Answers, Caller, Creates, IfMatch, pathPart, Roles, valid, type Versions } from '@nuncio/service';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { editors, readers, tenantFor } from '../access.js';
import { AtQuery, changed, edited, EventStore, type Resource, type Transaction } from '../event-store/index.js';
import { editKeying, withKeying } from '../keying/keying.js';
import { asPatch, put, putAnswerOf, PutQuery, type Put as Putting } from '../keying/put.js';
import { list, listOf, listQuery, type ListQuery } from '../lists/list.js';
import { needsApproval, refuseSuspended, refuseUnknown, requireApproval, twinFault, twinOf, typesOf } from './admission.js';
import { isProvidersAlone, moves, requireMove, type Move, type MoveName } from './moves.js';
import { ShownSubscription, showSubscription, Verified, type Verification } from './presentation.js';
import { CreateSubscription, draft, edit, isAdmitted, move, MoveRequest, PatchSubscription, subscription } from './subscription.js';
import { Verifications } from './verification.js';

const MovePath = z.enum((Object.keys(moves) as MoveName[]).filter((name) => name !== 'edit' && name !== 'delete'));

const Listing = listQuery('subscription');

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
  async create(@Caller() caller: Principal, @Body(valid(CreateSubscription)) { activate, ...body }: CreateSubscription) {
    const created = await this.store.transact(caller, (tx) => create(tx, body));
    return activate ? this.#activated(caller, created) : showSubscription(caller)(created);
  }

  @Roles(...readers)
  @Get()
  @Answers(listOf(ShownSubscription))
  list(@Caller() caller: Principal, @Query(valid(Listing)) query: ListQuery) {
    return list(this.store.read(caller), subscription, query, showSubscription(caller));
  }

  @Roles(...readers)
  @Get(':id')
  @Answers(ShownSubscription)
  async get(@Caller() caller: Principal, @Param('id') id: string, @Query(valid(AtQuery)) { at }: AtQuery) {
    return showSubscription(caller)(await this.store.read(caller).get(subscription, id, at));
  }

  @Roles(...moves.edit.by)
  @Patch(':id')
  @Answers(ShownSubscription)
  patch(@Caller() caller: Principal, @Param('id') id: string, @IfMatch() ifMatch: Versions, @Body(valid(PatchSubscription)) body: z.infer<typeof PatchSubscription>) {
    return this.store.transact(caller, async (tx) => showSubscription(caller)(await replace(tx, await tx.current(subscription, id, ifMatch), body)));
  }

  /** Of `ext:<externalId>`: makes the subscription, or replaces what is said of it, in place where it is active. With `activate` it is to be active, and the answer's state says how far it got. */
  @Roles(...moves.edit.by)
  @Put(':id')
  @Answers(putAnswerOf(Verified))
  async put(@Caller() caller: Principal, @Param('id') id: string, @IfMatch() ifMatch: Versions, @Query(valid(PutQuery)) query: PutQuery, @Body(valid(CreateSubscription)) { activate, ...body }: CreateSubscription, @Res({ passthrough: true }) reply: FastifyReply) {
    const answer = await put(this.store, putting(caller), { caller, id, ifMatch, query, body, reply });
    return activate && !('dryRun' in answer) && LEADS_ON.has(answer.state) ? this.#activated(caller, answer) : answer;
  }

  /** With what was parked for it. */
  @Roles(...moves.delete.by)
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

  /** Who may is in the table of moves, and is checked before anything is looked up. */
  @Roles('admin', 'provider', 'consumer')
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

  /** As far as it gets, by a sample where it is a draft. */
  async #activated(caller: Principal, { id, state }: { readonly id: string; readonly state: SubscriptionState | Subscription }) {
    const isDraft = (typeof state === 'string' ? state : state.state) === 'draft';
    let verification = isDraft ? await this.verifications.verify(caller, id, null).then((tried) => tried.verification, whyNot) : undefined;
    const activated = this.store.transact(caller, async (tx) => {
      const current = await tx.get(subscription, id);
      return moves.activate.from.some((from) => from === current.state.state) ? moved(tx, current, 'activate') : current;
    });
    const resource = await activated.catch((refused: unknown) => {
      verification = whyNot(refused);
      return this.store.read(caller).get(subscription, id);
    });
    return { ...showSubscription(caller)(resource), verification };
  }

  #move(caller: Principal, id: string, name: Moved, ifMatch: Versions, reason: string | null) {
    return this.store.transact(caller, async (tx) => {
      const current = await tx.current(subscription, id, ifMatch);
      return showSubscription(caller)(await moved(tx, current, name, reason));
    });
  }
}

/** States that a wish to be active leads on from. What a provider or an endpoint has stopped waits for who ends that. */
const LEADS_ON: ReadonlySet<SubscriptionState> = new Set(['draft', ...moves.activate.from]);

type Asked = Omit<CreateSubscription, 'activate'>;

/** The same types and filter to the same callback are the draft that is there. */
async function create(tx: Transaction, { tenant: named, ...body }: Asked): Promise<Resource<Subscription>> {
  const tenant = await tenantFor(tx, named);
  await refuseUnknown(tx, tenant, body);
  await refuseSuspended(tx, tenant, body.eventTypes);
  const twin = await twinOf(tx, body);
  if (!twin) {
    const id = newId('sub', tx.at);
    return tx.create(subscription, id, draft({ id, tenant, ...withKeying({}, body) }));
  }
  const isAnothers = body.externalId && twin.state.externalId && body.externalId !== twin.state.externalId;
  if (twin.state.state !== 'draft' || isAnothers) throw twinFault(twin);
  return tx.append(subscription, twin, edited(twin.state, editKeying(twin.state, body)));
}

async function replace(tx: Transaction, current: Resource<Subscription>, { externalId, labels, ...given }: PatchSubscription): Promise<Resource<Subscription>> {
  const keyed = editKeying(current.state, { externalId, labels });
  const wanted = { ...current.state, ...given };
  const isSaid = Object.keys(given).length > 0;
  if (isSaid) await refuseUnknown(tx, wanted.tenant, { callback: wanted.callback, eventTypes: given.eventTypes ?? [] });
  const types = await typesOf(tx, [...current.state.eventTypes, ...wanted.eventTypes]);
  const changes = isSaid || !Object.keys(keyed).length ? edit(current.state, given, (name) => types.get(name)?.approval === 'required') : [];
  if (changes.length && given.eventTypes) await refuseSuspended(tx, wanted.tenant, given.eventTypes);
  const twin = changes.length ? await twinOf(tx, wanted, current.id) : undefined;
  if (twin) throw twinFault(twin);
  return tx.append(subscription, current, [...changes, ...(Object.keys(keyed).length ? [changed(keyed)] : [])]);
}

const putting = (caller: Principal): Putting<Subscription, Asked, ReturnType<ReturnType<typeof showSubscription>>> => {
  const show = showSubscription(caller);
  const made = (resource: Resource<Subscription>) => ({ resource, answer: show(resource) });
  return {
    aggregate: subscription,
    show,
    create: async (tx, body) => made(await create(tx, body)),
    replace: async (tx, current, body) => made(await replace(tx, current, asPatch(body, PatchSubscription.shape, { labels: current.state.labels }))),
  };
};

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
