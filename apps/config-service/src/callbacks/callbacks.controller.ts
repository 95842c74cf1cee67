import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Patch, Post, Put, Query, Res } from '@nestjs/common';
import { newId, streamOf, type Principal } from '@nuncio/contracts';
import { checkUrl } from '@nuncio/egress';
import type { Secret } from '@nuncio/sealing';
import { Answers, Caller, Creates, IfMatch, Moment, Operation, Roles, ShowsOnce, valid, type Versions } from '@nuncio/service';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { editors, groupsFor, readers, tenantFor } from '../access.js';
import { application, DEFAULT_APPLICATION, nameInTenant } from '../applications/application.js';
import { CONFIG, type Config } from '../config.js';
import { credential } from '../credentials/credential.js';
import { changed, EventStore, PastQuery, type Resource, type Transaction } from '../event-store/index.js';
import { invalid } from '../faults.js';
import { asPatch, put, putAnswerOf, PutQuery, type Put as Putting } from '../keying/put.js';
import { list, listOf, listQuery, type ListQuery } from '../lists/list.js';
import { sampleEvent, TestRequest } from '../samples/sample-event.js';
import { Samples, TestResult } from '../samples/samples.js';
import { sealOver } from '../sealed-headers.js';
import { secretsAt, secretsOfCallback } from '../secrets-at.js';
import { subscription } from '../subscriptions/subscription.js';
import { ShownSubscription, showSubscription } from '../subscriptions/presentation.js';
import { TakenBack, takeBackApprovals } from '../subscriptions/take-back.js';
import { refuseBeyondQuota } from '../tenants/within-quota.js';
import { callback, effective, type CallbackState, type Given } from './callback.js';
import { anotherReceiver, blankCallback, editCallback, type CallbackRules } from './edit-callback.js';
import { showCallback, ShownCallback } from './presentation.js';
import { CreateCallback, PatchCallback, RotateSecret } from './requests.js';
import { rotateSecret } from './signing-secrets.js';

const Listing = listQuery('callback');
const ListingOfSubscriptions = listQuery('subscription', ['callback']);

@Controller('v1/callbacks')
export class CallbacksController {
  constructor(
    private readonly store: EventStore,
    private readonly samples: Samples,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Roles(...editors)
  @Operation({ description: 'Creates a callback: where and how to deliver. Only `name` and `url` are required; the profile presets the rest. A generated signing secret is shown only in this answer.', errors: ['quota-exceeded'] })
  @Creates({ shownOnce: ['/signing/secret'] })
  @Answers(ShownCallback)
  create(@Caller() caller: Principal, @Body(valid(CreateCallback)) body: CreateCallback) {
    return this.store.transact(caller, async (tx) => (await this.#create(tx, body)).answer);
  }

  @Roles(...readers)
  @Operation({ description: 'The callbacks that the caller may see, newest first.' })
  @Get()
  @Answers(listOf(ShownCallback))
  list(@Caller() caller: Principal, @Query(valid(Listing)) query: ListQuery) {
    return list(this.store.read(caller), callback, query, showCallback);
  }

  @Roles(...readers)
  @Operation({ description: 'One callback with all effective settings, at present or as it was before.' })
  @Get(':id')
  @Answers(ShownCallback)
  async get(@Caller() caller: Principal, @Param('id') id: string, @Query(valid(PastQuery)) past: PastQuery) {
    return showCallback(await this.store.read(caller).get(callback, id, past));
  }

  @Roles(...editors)
  @Operation({ description: "Changes only the fields in the body; null gives a field back to the profile. A change of the URL's origin, the credential or the signing takes approvals back; the answer lists them.", example: { enabled: true } })
  @Patch(':id')
  @Answers(ShownCallback.extend({ affectedSubscriptions: z.int().describe('The number of subscriptions that use it'), approvalTakenBack: TakenBack }))
  patch(@Caller() caller: Principal, @Param('id') id: string, @IfMatch() ifMatch: Versions, @Body(valid(PatchCallback)) body: PatchCallback) {
    return this.store.transact(caller, async (tx) => (await this.#edit(tx, await tx.current(callback, id, ifMatch), body)).answer);
  }

  @Roles(...editors)
  @Operation({ description: 'With `ext:<externalId>` as the id: creates the callback, or replaces its fields. Groups, `enabled`, `pausedUntil` and secrets stay unless the body has them.', statuses: [200, 201], errors: ['quota-exceeded'] })
  @Put(':id')
  @Answers(putAnswerOf(ShownCallback.extend({ affectedSubscriptions: z.int().optional().describe('The number of subscriptions that use it'), approvalTakenBack: TakenBack.optional() })))
  put(@Caller() caller: Principal, @Param('id') id: string, @IfMatch() ifMatch: Versions, @Query(valid(PutQuery)) query: PutQuery, @Body(valid(CreateCallback)) body: CreateCallback, @Res({ passthrough: true }) reply: FastifyReply) {
    return put(this.store, this.#putting, { caller, id, ifMatch, query, body, reply });
  }

  @Roles(...editors)
  @Operation({ description: 'Deletes a callback that no subscription uses.' })
  @Delete(':id')
  @HttpCode(204)
  delete(@Caller() caller: Principal, @Param('id') id: string, @IfMatch() ifMatch: Versions) {
    return this.store.transact(caller, async (tx) => {
      await tx.delete(callback, await tx.current(callback, id, ifMatch));
    });
  }

  @Roles(...editors)
  @ShowsOnce(['/secret'], '/oldExpiresAt')
  @Operation({ id: 'rotateCallbackSecret', description: 'Generates a new signing secret, or takes the given one. For a while both secrets sign, so that the receiver can change over.' })
  @Post(':id/rotate-secret')
  @HttpCode(200)
  @Answers(z.object({ secret: z.string().optional().describe('The new secret. Only this answer has it'), oldExpiresAt: Moment.nullable().describe('Until then the former secret signs too; null = it has ended'), version: z.int() }))
  rotate(@Caller() caller: Principal, @Param('id') id: string, @IfMatch() ifMatch: Versions, @Body(valid(RotateSecret)) body: RotateSecret) {
    return this.store.transact(caller, async (tx) => {
      const current = await tx.current(callback, id, ifMatch);
      const { fields, shown, oldExpiresAt } = rotateSecret(current.state, body, tx.at, this.#rules(current.state.tenant, id));
      const { version } = await tx.append(callback, current, [{ type: 'secret-rotated', data: { ...fields, ...datedOf(current.state, fields, tx.at) } }]);
      return { secret: shown.reveal(), oldExpiresAt: oldExpiresAt === null ? null : new Date(oldExpiresAt).toISOString(), version };
    });
  }

  @Roles(...editors)
  @Operation({ description: 'Sends a sample to the endpoint now, signed and authorized like a delivery, and returns the result. The sample is of `nuncio.test`, or of the named event type. It is neither an event nor a delivery. At most 10 a minute.', errors: ['too-many-requests'], example: { eventType: 'invoice.paid' } })
  @Post(':id/test')
  @HttpCode(200)
  @Answers(TestResult)
  async test(@Caller() caller: Principal, @Param('id') id: string, @Body(valid(TestRequest)) body: TestRequest) {
    const theirs = this.store.read(caller);
    await theirs.get(callback, id);
    return this.samples.send(id, await sampleEvent(theirs, body));
  }

  @Roles(...readers)
  @Operation({ description: 'The subscriptions that use this callback, newest first.' })
  @Get(':id/subscriptions')
  @Answers(listOf(ShownSubscription))
  async subscriptions(@Caller() caller: Principal, @Param('id') id: string, @Query(valid(ListingOfSubscriptions)) query: ListQuery) {
    const theirs = this.store.read(caller);
    await theirs.get(callback, id);
    return list(theirs, subscription, { ...query, filters: { ...query.filters, callback: [id] } }, showSubscription(caller));
  }

  async #create(tx: Transaction, { tenant: named, application: within, ...body }: CreateCallback) {
    const tenant = await tenantFor(tx, named);
    await refuseBeyondQuota(tx, tenant, 'callbacks');
    const blank = blankCallback({
      id: newId('cb', tx.at),
      tenant,
      application: await applicationIn(tx, tenant, within),
      groups: groupsFor(tx.caller, body.groups),
      name: body.name,
    });
    await refuseForeignCredential(tx, tenant, body.authentication);
    const { fields, shown } = editCallback(blank, { ...body, groups: blank.groups }, this.#rules(tenant, blank.id));
    const resource = await tx.create(callback, blank.id, effective({ ...blank, ...fields, ...datedOf(blank, fields, tx.at) }));
    return { resource, answer: withSecret(resource, shown) };
  }

  async #edit(tx: Transaction, current: Resource<CallbackState>, body: PatchCallback) {
    const { id, tenant } = current.state;
    // A new URL sends the credential's tokens elsewhere, so the caller must be allowed to manage the credential too.
    await refuseForeignCredential(tx, tenant, body.authentication === undefined && body.url !== undefined ? current.state.authentication : body.authentication);
    const given = body.groups === undefined ? body : { ...body, groups: groupsFor(tx.caller, body.groups) };
    const { fields: edited, shown } = editCallback(current.state, given, this.#rules(tenant, id));
    const fields = { ...edited, ...datedOf(current.state, edited, tx.at) };
    const resource = await tx.append(callback, current, Object.keys(fields).length ? [changed(fields)] : []);
    const reason = anotherReceiver(current.state, resource.state);
    const approvalTakenBack = reason === null ? [] : await takeBackApprovals(tx, [id], reason);
    const effects = { approvalTakenBack, affectedSubscriptions: await tx.countDependents(streamOf('callback', id), 'subscription') };
    return { resource, answer: { ...withSecret(resource, shown), ...effects }, effects };
  }

  readonly #putting: Putting<CallbackState, CreateCallback, ReturnType<typeof withSecret>> = {
    aggregate: callback,
    show: showCallback,
    create: (tx, body) => this.#create(tx, body),
    replace: (tx, current, body) => {
      const { application: of, headers, secretHeaders, labels, settings } = current.state;
      if (body.application !== undefined && body.application !== of) throw invalid('/application', 'other', `is "${of}", and cannot be changed`);
      return this.#edit(tx, current, asPatch(body, PatchCallback.shape, { headers, secretHeaders, labels, signing: settings.signing, retry: settings.retry, limits: settings.limits }));
    },
  };

  #rules(tenant: string, id: string): CallbackRules {
    return {
      seal: sealOver(this.config.SIGNING_KEYS, { tenant, kind: 'callback', id }),
      checkUrl: (url) => checkUrl(url, this.config.EGRESS_ALLOW),
    };
  }
}

/** When each secret was set. */
const datedOf = (before: Given, edited: Partial<Given>, at: number): Pick<Given, 'secretsAt'> => secretsAt(before.secretsAt, secretsOfCallback(before), secretsOfCallback({ ...before, ...edited }), at);

function withSecret(resource: Resource<CallbackState>, shown: Secret | null) {
  const answer = showCallback(resource);
  return shown ? { ...answer, signing: { ...answer.signing, secret: shown.reveal() } } : answer;
}

async function applicationIn(tx: Transaction, tenant: string, id: string | undefined): Promise<string> {
  const found = id === undefined ? await tx.byName(application, nameInTenant(tenant, DEFAULT_APPLICATION)) : await tx.named(application, id, '/application');
  if (found?.tenant !== tenant) throw invalid('/application', 'unknown', `there is no application "${id ?? DEFAULT_APPLICATION}"`);
  return found.id;
}

/** Refuses a credential that the caller may not manage. */
async function refuseForeignCredential(tx: Transaction, tenant: string, authentication: PatchCallback['authentication']): Promise<void> {
  if (authentication?.type !== 'oauth2') return;
  const pointer = '/authentication/credential';
  const found = await tx.named(credential, authentication.credential, pointer);
  if (found.tenant !== tenant) throw invalid(pointer, 'unknown', `there is no credential "${authentication.credential}"`);
}
