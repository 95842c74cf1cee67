import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Query, Res } from '@nestjs/common';
import { EVERYTHING, Fault, isFault, newId, type SubscriptionState, type Principal, type Subscription } from '@nuncio/contracts';
import { Answers, Caller, Creates, IfMatch, Operation, pathPart, Roles, valid, type Versions } from '@nuncio/service';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { editors, readers, tenantFor } from '../access.js';
import { changed, different, edited, EventStore, PastQuery, type Resource, type Transaction } from '../event-store/index.js';
import { editKeying, withKeying } from '../keying/keying.js';
import { asPatch, put, putAnswerOf, PutQuery, type Put as Putting } from '../keying/put.js';
import { list, listOf, listQuery, type ListQuery } from '../lists/list.js';
import { sampleEvent, TestRequest } from '../samples/sample-event.js';
import { Samples, TestResult } from '../samples/samples.js';
import { refuseBeyondQuota } from '../tenants/within-quota.js';
import { needsApproval, refuseSuspended, refuseUnknown, requireApproval, twinFault, twinOf, typesOf } from './admission.js';
import { isProvidersAlone, moves, requireMove, type Move, type MoveName } from './moves.js';
import { ShownSubscription, showSubscription, Verified, type Verification } from './presentation.js';
import { CreateSubscription, draft, edit, isAdmitted, move, MoveRequest, PatchSubscription, subscription, verified } from './subscription.js';
import { Verifications } from './verification.js';

const MovePath = z.enum((Object.keys(moves) as MoveName[]).filter((name) => name !== 'edit' && name !== 'delete'));

const Listing = listQuery('subscription');

@Controller('v1/subscriptions')
export class SubscriptionsController {
  constructor(
    private readonly store: EventStore,
    private readonly verifications: Verifications,
    private readonly samples: Samples,
  ) {}

  @Roles(...editors)
  @Operation({ description: 'Creates a subscription as a draft. If there is a draft with the same callback, types and filter, it is returned instead. With `activate` the subscription is verified and activated at once; `state` says how far it got.', errors: ['quota-exceeded'] })
  @Creates()
  @Answers(Verified)
  async create(@Caller() caller: Principal, @Body(valid(CreateSubscription)) { activate, ...body }: CreateSubscription) {
    const created = await this.store.transact(caller, (tx) => create(tx, body));
    return activate ? this.#activated(caller, created) : showSubscription(caller)(created);
  }

  @Roles(...readers)
  @Operation({ description: 'The subscriptions that the caller may see, newest first.' })
  @Get()
  @Answers(listOf(ShownSubscription))
  list(@Caller() caller: Principal, @Query(valid(Listing)) query: ListQuery) {
    return list(this.store.read(caller), subscription, query, showSubscription(caller));
  }

  @Roles(...readers)
  @Operation({ description: 'One subscription, at present or as it was before, with the moves that the caller may make now.' })
  @Get(':id')
  @Answers(ShownSubscription)
  async get(@Caller() caller: Principal, @Param('id') id: string, @Query(valid(PastQuery)) past: PastQuery) {
    return showSubscription(caller)(await this.store.read(caller).get(subscription, id, past));
  }

  @Roles(...moves.edit.by)
  @Operation({ description: 'Changes only the fields in the body. An activated, blocked or deactivated subscription keeps its state; any other becomes a draft again.', example: { eventTypes: ['invoice.paid', 'invoice.voided'] } })
  @Patch(':id')
  @Answers(ShownSubscription)
  patch(@Caller() caller: Principal, @Param('id') id: string, @IfMatch() ifMatch: Versions, @Body(valid(PatchSubscription)) body: z.infer<typeof PatchSubscription>) {
    return this.store.transact(caller, async (tx) => showSubscription(caller)(await replace(tx, await tx.current(subscription, id, ifMatch), body)));
  }

  @Roles(...moves.edit.by)
  @Operation({ description: 'With `ext:<externalId>` as the id: creates the subscription, or replaces its fields; an active one stays active. With `activate` it is also activated; `state` says how far it got.', statuses: [200, 201], errors: ['quota-exceeded'] })
  @Put(':id')
  @Answers(putAnswerOf(Verified))
  async put(@Caller() caller: Principal, @Param('id') id: string, @IfMatch() ifMatch: Versions, @Query(valid(PutQuery)) query: PutQuery, @Body(valid(CreateSubscription)) { activate, ...body }: CreateSubscription, @Res({ passthrough: true }) reply: FastifyReply) {
    const answer = await put(this.store, putting(caller, activate && query.dryRun === 'true'), { caller, id, ifMatch, query, body, reply });
    return activate && !('dryRun' in answer) && LEADS_ON.has(answer.state) ? this.#activated(caller, answer, unlessTooMany) : answer;
  }

  @Roles(...moves.delete.by)
  @Operation({ description: 'Deletes a subscription that is not activated. Its parked deliveries are canceled.' })
  @Delete(':id')
  @HttpCode(204)
  delete(@Caller() caller: Principal, @Param('id') id: string, @IfMatch() ifMatch: Versions) {
    return this.store.transact(caller, async (tx) => {
      const current = await tx.current(subscription, id, ifMatch);
      const { state } = current.state;
      requireMove(state, 'delete');
      if (isProvidersAlone(state, 'delete', caller.role)) throw new Fault('suspended', 'a provider has suspended this subscription, and only a provider may delete it');
      await tx.delete(subscription, current);
    });
  }

  @Roles(...editors)
  @Operation({ id: 'testSubscription', description: 'Sends a sample to the endpoint of its callback now, signed and authorized like a delivery, and returns the result. The sample is of the named event type, or else of the first that the subscription has. It is neither an event nor a delivery, and does not change the state; `verify` does. At most 10 a minute for each callback.', errors: ['too-many-requests'], example: { eventType: 'invoice.paid' } })
  @Post(':id/test')
  @HttpCode(200)
  @Answers(TestResult)
  async test(@Caller() caller: Principal, @Param('id') id: string, @Body(valid(TestRequest)) body: TestRequest) {
    const theirs = this.store.read(caller);
    const { callback, eventTypes } = (await theirs.get(subscription, id)).state;
    const [first] = eventTypes.filter((type) => type !== EVERYTHING);
    return this.samples.send(callback, await sampleEvent(theirs, body.eventType === undefined && first !== undefined ? { ...body, eventType: first } : body));
  }

  @Roles('admin', 'provider', 'consumer')
  @Operation({ description: 'Moves it to another state. `verify` sends a sample. `submit`, `approve` and `reject` are for types that require approval. `activate` and `deactivate` are for its owner, `suspend` and `unsuspend` for a provider. `block` stops deliveries and parks events; `unblock` sends them.', errors: ['illegal-move', 'too-many-requests'] })
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

  /** Activates a subscription as far as possible; a draft first gets a sample. `notVerified` turns an error of that into a result that says why. */
  async #activated(caller: Principal, { id, state }: { readonly id: string; readonly state: SubscriptionState | Subscription }, notVerified: (error: unknown) => Verification = whyNot) {
    const isDraft = (typeof state === 'string' ? state : state.state) === 'draft';
    let verification = isDraft ? await this.verifications.verify(caller, id, null).then((tried) => tried.verification, notVerified) : undefined;
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

/** States from which a request to be active proceeds. What a provider or a failing endpoint has stopped must be resumed explicitly. */
const LEADS_ON: ReadonlySet<SubscriptionState> = new Set(['draft', ...moves.activate.from]);

type Asked = Omit<CreateSubscription, 'activate'>;

/** A request with the same callback, types and filter returns the draft that exists. */
async function create(tx: Transaction, { tenant: named, ...body }: Asked): Promise<Resource<Subscription>> {
  const tenant = await tenantFor(tx, named);
  await refuseUnknown(tx, tenant, body);
  await refuseSuspended(tx, tenant, body.eventTypes);
  const twin = await twinOf(tx, body);
  if (!twin) {
    await refuseBeyondQuota(tx, tenant, 'subscriptions');
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

/** `activates`: whether a successful sample also leads to activation. */
const putting = (caller: Principal, activates: boolean): Putting<Subscription, Asked, ReturnType<ReturnType<typeof showSubscription>>> => {
  const show = showSubscription(caller);
  const made = async (tx: Transaction, put: Resource<Subscription>) => {
    const resource = activates ? await activatedAsFarAsItGets(tx, put) : put;
    return { resource, answer: show(resource), effects: activates && put.state.state === 'draft' ? { sample: true as const } : {} };
  };
  return {
    aggregate: subscription,
    show,
    create: async (tx, body) => made(tx, await create(tx, body)),
    replace: async (tx, current, body) => {
      const { externalId, labels, ...given } = asPatch(body, PatchSubscription.shape, { labels: current.state.labels });
      const wanted = different(current.state, given);
      // A subscription on its way through an approval cannot be edited. The same values are no edit.
      const isSame = !Object.keys({ ...wanted, ...editKeying(current.state, { externalId, labels }) }).length;
      return made(tx, isSame ? current : await replace(tx, current, { externalId, labels, ...wanted }));
    },
  };
};

async function activatedAsFarAsItGets(tx: Transaction, current: Resource<Subscription>): Promise<Resource<Subscription>> {
  const { state, eventTypes } = current.state;
  const tried = state === 'draft' ? await tx.append(subscription, current, [move(state, 'verify', null, verified(state, await needsApproval(tx, eventTypes)))]) : current;
  if (!moves.activate.from.some((from) => from === tried.state.state)) return tried;
  return moved(tx, tried, 'activate').catch((error: unknown) => {
    if (isFault(error)) return tried;
    throw error;
  });
}

type Moved = Exclude<MoveName, 'edit' | 'delete' | 'verify'>;

/** Makes a move, after the checks beside its state. Runs under the writers' lock. Throws Faults `illegal-move` and `suspended`. */
async function moved(tx: Transaction, current: Resource<Subscription>, name: Moved, reason: string | null = null): Promise<Resource<Subscription>> {
  const { state, tenant, eventTypes } = current.state;
  const lacksApproval = name === 'unsuspend' && !isAdmitted(current.state) && (await needsApproval(tx, eventTypes));
  const to = name === 'unsuspend' ? (lacksApproval ? 'draft' : 'deactivated') : undefined;
  const change = move(state, name, reason, to);
  if (name === 'activate') await requireApproval(tx, current);
  if (name === 'activate' || name === 'unblock') await refuseSuspended(tx, tenant, eventTypes);
  return tx.append(subscription, current, [change]);
}

/** A client repeats a PUT that was refused for too many samples, so that fault is thrown. Throws Fault `too-many-requests`. */
function unlessTooMany(error: unknown): Verification {
  if (isFault(error, 'too-many-requests')) throw error;
  return whyNot(error);
}

/** The subscription was created even if it could not be verified (too many samples, an edit meanwhile); the answer says why. */
function whyNot(error: unknown): Verification {
  if (!isFault(error)) throw error;
  return { ok: false, status: null, error: { class: 'internal', detail: error.message }, tokenError: null, advice: null, adviceCode: null };
}
