import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Patch, Post, Put, Query, Res } from '@nestjs/common';
import { Credential, newId, PublicJwk, streamOf, type Principal } from '@nuncio/contracts';
import { checkUrl } from '@nuncio/egress';
import { Answers, Caller, Creates, IfMatch, Operation, Roles, valid, type Versions } from '@nuncio/service';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { editors, groupsFor, readers, tenantFor } from '../access.js';
import { CONFIG, type Config } from '../config.js';
import { callback } from '../callbacks/callback.js';
import { changed, EventStore, PastQuery, type Resource, type Transaction } from '../event-store/index.js';
import { asPatch, put, putAnswerOf, PutQuery, type Put as Putting } from '../keying/put.js';
import { list, listOf, listQuery, type ListQuery } from '../lists/list.js';
import { keyedAnswerOf, masked, presentKeyed } from '../presentation.js';
import { sealOver } from '../sealed-headers.js';
import { secretsAt, secretsOfCredential } from '../secrets-at.js';
import { TakenBack, takeBackApprovals } from '../subscriptions/take-back.js';
import { TokenTestResult, TokenTests } from '../samples/token-tests.js';
import { blankCredential, CreateCredential, credential, PatchCredential } from './credential.js';
import { editClientKey, withClientKeys, type ClientKeys } from './client-key.js';
import { anotherClient, editCredential, type CredentialRules } from './edit-credential.js';

/** When secrets were set is shown by the credential's health. */
const Fields = Credential.omit({ secretsAt: true });

const Shown = keyedAnswerOf({
  ...Fields.omit({ clientId: true, clientSecret: true, clientKey: true }).shape,
  clientSecretExpiresAt: Fields.shape.clientSecretExpiresAt.unwrap(),
  clientCertificate: z.object({ subject: z.string().describe('The subject of the certificate'), notAfter: z.string().describe('When it ends, RFC 3339'), sha256: z.string().describe('SHA-256 of the certificate in DER, in hex') }).nullable().describe('The client certificate for TLS (RFC 8705); null = none'),
  headers: z.record(z.string(), z.string()).describe('The names of further headers of the token request; their values are never shown').meta({ examples: [{}] }),
  hasClientId: z.boolean().describe('Whether a client id is stored'),
  hasClientSecret: z.boolean().describe('Whether a client secret is stored'),
  publicJwk: PublicJwk.nullable().describe('The public half of the key that signs client assertions; null = the method uses none'),
  jwksUri: z.string().nullable().describe('The URL at which an authorization server finds the key (RFC 7591 §2); null = the method uses none'),
}).meta({ id: 'Credential' });

const show = (resource: Resource<Credential>, origin = '') => {
  const { clientId, clientSecret, clientSecretExpiresAt = null, clientKey, clientCertificate, headers, ...fields } = Fields.parse(resource.state);
  return presentKeyed(resource, { ...fields, clientSecretExpiresAt, headers: masked(headers), hasClientId: clientId !== '', hasClientSecret: clientSecret !== null, publicJwk: clientKey?.publicJwk ?? null, jwksUri: clientKey && `${origin}/v1/credentials/${fields.id}/jwks.json`, clientCertificate: clientCertificate && showCertificate(clientCertificate) });
};

/** The parts of a certificate that are not sealed. */
const showCertificate = ({ subject, notAfter, sha256 }: NonNullable<Credential['clientCertificate']>) => ({ subject, notAfter, sha256 });

const Listing = listQuery('credential');

@Controller('v1/credentials')
export class CredentialsController {
  constructor(
    private readonly store: EventStore,
    private readonly tests: TokenTests,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  readonly #show = (resource: Resource<Credential>) => show(resource, this.config.PUBLIC_URL);

  @Roles(...editors)
  @Operation({ description: 'Creates a credential: an OAuth client at an authorization server, which any number of callbacks may share. Its client id and secret are never shown.' })
  @Creates()
  @Answers(Shown)
  create(@Caller() caller: Principal, @Body(valid(CreateCredential)) body: CreateCredential) {
    return withClientKeys(this.store, caller, (keys) => this.store.transact(caller, async (tx) => (await this.#create(tx, body, keys)).answer));
  }

  @Roles(...readers)
  @Operation({ description: 'The credentials that the caller may see, newest first.' })
  @Get()
  @Answers(listOf(Shown))
  list(@Caller() caller: Principal, @Query(valid(Listing)) query: ListQuery) {
    return list(this.store.read(caller), credential, query, this.#show);
  }

  @Roles(...readers)
  @Operation({ description: 'One credential, at present or as it was before.' })
  @Get(':id')
  @Answers(Shown)
  async get(@Caller() caller: Principal, @Param('id') id: string, @Query(valid(PastQuery)) past: PastQuery) {
    return this.#show(await this.store.read(caller).get(credential, id, past));
  }

  @Roles(...editors)
  @Operation({ description: 'Changes only the fields in the body. A sealed field that is absent, null or blank keeps its value. After a change, tokens from before are never used again.', example: { scope: 'events:write' } })
  @Patch(':id')
  @Answers(Shown.extend({ approvalTakenBack: TakenBack }))
  patch(@Caller() caller: Principal, @Param('id') id: string, @IfMatch() ifMatch: Versions, @Body(valid(PatchCredential)) body: PatchCredential) {
    return withClientKeys(this.store, caller, (keys) => this.store.transact(caller, async (tx) => (await this.#edit(tx, await tx.current(credential, id, ifMatch), body, keys)).answer));
  }

  @Roles(...editors)
  @Operation({ description: 'With `ext:<externalId>` as the id: creates the credential, or replaces its fields. Groups and secrets stay unless the body has them.', statuses: [200, 201] })
  @Put(':id')
  @Answers(putAnswerOf(Shown.extend({ approvalTakenBack: TakenBack.optional() })))
  put(@Caller() caller: Principal, @Param('id') id: string, @IfMatch() ifMatch: Versions, @Query(valid(PutQuery)) query: PutQuery, @Body(valid(CreateCredential)) body: CreateCredential, @Res({ passthrough: true }) reply: FastifyReply) {
    return withClientKeys(this.store, caller, (keys) => put(this.store, this.#putting(keys), { caller, id, ifMatch, query, body, reply }));
  }

  @Roles(...editors)
  @Operation({ description: 'Deletes a credential that no callback uses.' })
  @Delete(':id')
  @HttpCode(204)
  delete(@Caller() caller: Principal, @Param('id') id: string, @IfMatch() ifMatch: Versions) {
    return this.store.transact(caller, async (tx) => {
      await tx.delete(credential, await tx.current(credential, id, ifMatch));
    });
  }

  @Roles(...editors)
  @Operation({ description: 'Fetches a new token now, and returns the result. At most 10 a minute.', errors: ['too-many-requests', 'timeout'] })
  @Post(':id/test')
  @HttpCode(200)
  @Answers(TokenTestResult)
  async test(@Caller() caller: Principal, @Param('id') id: string) {
    await this.store.read(caller).get(credential, id);
    return this.tests.run(id);
  }

  async #create(tx: Transaction, { tenant: named, ...body }: CreateCredential, keys: ClientKeys) {
    const tenant = await tenantFor(tx, named);
    const groups = groupsFor(tx.caller, body.groups);
    const blank = blankCredential(newId('cred', tx.at), tenant, groups, body.name);
    const rules = this.#rules(tenant, blank.id);
    const created = { ...blank, ...editCredential(blank, { ...body, groups }, rules) } as Credential;
    const dated = secretsAt(undefined, secretsOfCredential(blank), secretsOfCredential(created), tx.at);
    const resource = await tx.create(credential, blank.id, { ...created, ...dated, ...editClientKey(blank, created, rules.seal, keys) });
    return { resource, answer: this.#show(resource) };
  }

  async #edit(tx: Transaction, current: Resource<Credential>, body: PatchCredential, keys: ClientKeys) {
    const before = Credential.parse(current.state);
    const given = body.groups === undefined ? body : { ...body, groups: groupsFor(tx.caller, body.groups) };
    const rules = this.#rules(before.tenant, before.id);
    const edited = editCredential(before, given, rules);
    const after = { ...before, ...edited };
    const fields = { ...edited, ...secretsAt(before.secretsAt, secretsOfCredential(before), secretsOfCredential(after), tx.at), ...editClientKey(before, after, rules.seal, keys) };
    const resource = await tx.append(credential, current, Object.keys(fields).length ? [changed(fields)] : []);
    const reason = anotherClient(before, edited);
    const effects = { approvalTakenBack: reason === null ? [] : await takeBackApprovals(tx, await this.#usersOf(tx, before.id), reason) };
    return { resource, answer: { ...this.#show(resource), ...effects }, effects };
  }

  #putting(keys: ClientKeys): Putting<Credential, CreateCredential, ReturnType<typeof show>> {
    return {
      aggregate: credential,
      show: this.#show,
      create: (tx, body) => this.#create(tx, body, keys),
      replace: (tx, current, body) => {
        const { headers, params, labels } = current.state;
        return this.#edit(tx, current, asPatch(body, PatchCredential.shape, { headers, params, labels }, ['headers']), keys);
      },
    };
  }

  async #usersOf(tx: Transaction, id: string): Promise<string[]> {
    return (await tx.dependents(callback, [streamOf('credential', id)], {})).map((user) => user.id);
  }

  #rules(tenant: string, id: string): CredentialRules {
    const of = { tenant, kind: 'credential', id } as const;
    return {
      seal: sealOver(this.config.CLIENT_KEYS, of),
      sealForDelivery: sealOver(this.config.SIGNING_KEYS, of),
      checkUrl: (url) => checkUrl(url, this.config.EGRESS_ALLOW),
    };
  }
}
