import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { CustomStrategy } from '@nestjs/microservices';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { operationEvents, replies, samples, signals, tokenRequests, topics, type OperationEvent, type Reply, type Sample, type Signal, type TokenRequest } from '@nuncio/contracts';
import { migrate } from '@nuncio/database';
import { freshDatabase, type FreshDatabase } from '@nuncio/database/testing';
import { applyTopics, BatchProducer, ConfigView, createKafka, topicName, type KafkaSettings } from '@nuncio/kafka';
import { httpAdapter, type OpenApi, OpenApiController, ProblemFilter } from '@nuncio/service';
import { DataSource } from 'typeorm';
import { AppModule, kafkaServers } from './app.module.js';
import { Config } from './config.js';
import { configDatabase } from './database.js';

const ADMIN = 'the-key-of-the-administrator';
const RING = `k1:${Buffer.alloc(32).toString('base64')}`;

/** The routes as they were registered, such as `GET /v1/callbacks/{id}`. */
const routes = new Set<string>();
let fresh: FreshDatabase;
let app: NestFastifyApplication;
let view: ConfigView;
let producer: BatchProducer;
let stopAnswering: () => Promise<void>;
/** The status that this spec's endpoints answer. */
let status = 204;
/** Done before an endpoint answers. */
let meanwhile: (() => Promise<unknown>) | null = null;

interface Answered {
  readonly status: number;
  readonly etag: string | undefined;
  readonly body: Record<string, unknown> & { id: string };
}

async function call(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object, { key = ADMIN, ifMatch, idempotencyKey }: { key?: string; ifMatch?: string; idempotencyKey?: string } = {}): Promise<Answered> {
  const headers = { authorization: `Bearer ${key}`, 'x-request-id': 'spec', ...(ifMatch ? { 'if-match': ifMatch } : {}), ...(idempotencyKey ? { 'idempotency-key': idempotencyKey } : {}) };
  const answer = await app.inject({ method, url: `/v1${url}`, headers, ...(payload ? { payload } : {}) });
  return { status: answer.statusCode, etag: answer.headers.etag, body: (answer.body ? JSON.parse(answer.body) : {}) as Answered['body'] };
}

/** Stands in for dispatcher and token service: answers samples and token tests over Kafka. */
async function answerSamples(kafka: KafkaSettings): Promise<() => Promise<void>> {
  const consumer = createKafka(kafka).consumer({ groupId: `${kafka.topicPrefix}.answering`, maxWaitTimeInMs: 50 });
  await consumer.connect();
  await consumer.subscribe({ topics: [samples, tokenRequests].map((topic) => topicName(kafka.topicPrefix, topic)), fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ topic, message }) => {
      const asked = JSON.parse(message.value?.toString() ?? '') as Sample | TokenRequest;
      await meanwhile?.();
      const ok = status < 300;
      const reply: Reply = topic.endsWith(samples.name)
        ? { of: 'sample', correlation: asked.correlation ?? '', ok, status, timingsMs: { total: 1 }, error: ok ? null : { class: 'http', detail: `the endpoint answered ${status}` }, tokenError: null, response: null, sentHeaders: { authorization: '<redacted>' } }
        : { of: 'token-test', correlation: asked.correlation ?? '', ok: true, expiresInSeconds: 3_600, scope: null, tokenError: null, advice: null };
      await producer.sendJson(replies, reply.correlation, reply);
    },
  });
  return () => consumer.disconnect();
}

async function eventually(check: () => unknown): Promise<void> {
  for (const deadline = Date.now() + 60_000; ; await new Promise((resolve) => setTimeout(resolve, 20))) {
    try {
      await check();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}

beforeAll(async () => {
  fresh = await freshDatabase();
  await migrate(configDatabase(fresh.url));
  const prefix = `spec_${randomUUID().slice(0, 8)}`;
  const config = Config.parse({
    KAFKA_BROKERS: process.env.KAFKA_BROKERS,
    TOPIC_PREFIX: prefix,
    DATABASE_URL: fresh.url,
    SIGNING_KEYS: RING,
    CLIENT_KEYS: RING,
    API_KEY_PEPPER: 'p'.repeat(32),
    ADMIN_API_KEY: ADMIN,
    EGRESS_ALLOW: '127.0.0.0/8',
  });
  const kafka = { brokers: config.KAFKA_BROKERS, topicPrefix: prefix, clientId: 'config-spec' };
  await applyTopics(createKafka(kafka), prefix, topics);
  producer = new BatchProducer(createKafka(kafka), prefix);
  await producer.connect();
  Logger.overrideLogger(false);
  const adapter = httpAdapter();
  adapter.getInstance().addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) if (one !== 'HEAD') routes.add(`${one} ${url.replaceAll(/:(\w+)/g, '{$1}')}`);
  });
  const module = AppModule.with(config);
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- a literal is what Nest documents; its type is declared as a class
  app = await NestFactory.create<NestFastifyApplication>({ ...module, controllers: [...(module.controllers ?? []), OpenApiController] }, adapter, { bodyParser: false });
  app.useGlobalFilters(new ProblemFilter());
  for (const strategy of kafkaServers(config)) app.connectMicroservice<CustomStrategy>({ strategy });
  await app.startAllMicroservices();
  await app.init();
  stopAnswering = await answerSamples(kafka);
  view = new ConfigView(kafka, ['tenant', 'api-key', 'application', 'event-type', 'credential', 'callback', 'subscription']);
  await view.start();
});

afterAll(async () => {
  await stopAnswering();
  await app.close();
  await Promise.all([view.stop(), producer.disconnect()]);
  await fresh.drop();
});

let key = '';
let callback = '';
let subscription = '';

it('takes a tenant from nothing to an activated subscription that everybody sees', async () => {
  expect(await call('POST', '/tenants', { id: 'acme', name: 'Acme' })).toMatchObject({ status: 201, etag: '"1"' });
  await call('POST', '/event-types', { name: 'invoice.paid' });
  const made = await call('POST', '/api-keys', { name: 'billing', role: 'consumer', tenant: 'acme', groups: ['billing'] });
  key = String(made.body.key);
  callback = (await call('POST', '/callbacks', { name: 'ledger', url: 'http://127.0.0.1:9/in' }, { key })).body.id;
  const created = await call('POST', '/subscriptions', { callback, eventTypes: ['invoice.paid'], activate: true }, { key });
  expect(created).toMatchObject({ status: 201, body: { state: 'activated', verification: { ok: true, status: 204 } } });
  subscription = created.body.id;
  await eventually(() => {
    expect(view.get('subscription', subscription)).toMatchObject({ version: 3, state: { state: 'activated' } });
  });
  expect(view.get('subscription', subscription)?.state.activatedAt).toBe(view.get('subscription', subscription)?.position);
});

it('says how far it got if the endpoint refuses the sample', async () => {
  status = 500;
  const refused = await call('POST', '/subscriptions', { callback, eventTypes: ['*'], activate: true }, { key });
  status = 204;
  expect(refused).toMatchObject({ status: 201, body: { state: 'draft', verification: { ok: false, status: 500, error: { class: 'http' } } } });
});

it('blocks a subscription that delivery has given up on, and not again after somebody unblocked it', async () => {
  const signal = (position: number): Signal => ({ signal: 'exhausted', subscription, callback, tenant: 'acme', position, callbackPosition: null, at: Date.now(), errorClass: 'http', status: 503 });
  const seen = view.get('subscription', subscription)?.position ?? 0;
  await producer.sendJson(signals, subscription, signal(seen));
  await eventually(() => {
    expect(view.get('subscription', subscription)?.state).toMatchObject({ state: 'blocked', reason: 'http 503' });
  });
  expect((await call('POST', `/subscriptions/${subscription}/unblock`, {}, { key })).body).toMatchObject({ state: 'activated', reason: null });
  await producer.sendJson(signals, subscription, signal(seen));
  await producer.sendJson(signals, subscription, { ...signal(seen), signal: 'gone' } satisfies Signal);
  await eventually(() => {
    expect(view.get('callback', callback)?.state).toMatchObject({ enabled: false, disabledReason: 'gone' });
  });
  expect((await call('GET', `/subscriptions/${subscription}`, undefined, { key })).body).toMatchObject({ state: 'activated' });
});

it('tests a callback and a credential, ten times a minute', async () => {
  expect((await call('POST', `/callbacks/${callback}/test`, {}, { key })).body).toEqual({ ok: true, status: 204, timingsMs: { total: 1 }, error: null, tokenError: null, advice: null, adviceCode: null, response: null, sentHeaders: { authorization: '<redacted>' } });
  const { body } = await call('POST', '/credentials', { name: 'idp', tokenUrl: 'http://127.0.0.1:9/token', clientId: 'id', clientSecret: 'canary-secret' }, { key });
  const tests = await Promise.all(Array.from({ length: 11 }, () => call('POST', `/credentials/${body.id}/test`, {}, { key })));
  expect(tests.map((test) => test.status).sort()).toEqual([...Array.from({ length: 10 }, () => 200), 429]);
  expect(tests.find((test) => test.status === 200)?.body).toEqual({ ok: true, expiresInSeconds: 3_600, scope: null });
});

it('answers 404 for a resource of somebody else, even to a role that could not change it anyway', async () => {
  await call('POST', '/tenants', { id: 'other', name: 'Other' });
  const stranger = String((await call('POST', '/api-keys', { name: 'x', role: 'consumer', tenant: 'other' })).body.key);
  const viewer = String((await call('POST', '/api-keys', { name: 'x', role: 'viewer', tenant: 'acme' })).body.key);
  const theirs = await call('GET', `/callbacks/${callback}`, undefined, { key: stranger });
  const nobodys = await call('GET', '/callbacks/cb_nobody', undefined, { key: stranger });
  expect(theirs.status).toBe(404);
  expect(JSON.stringify(theirs.body)).toBe(JSON.stringify(nobodys.body).replaceAll('cb_nobody', callback));
  expect((await call('GET', `/callbacks/${callback}`, undefined, { key: viewer })).status).toBe(200);
  expect((await call('DELETE', '/callbacks/cb_nobody', undefined, { key: viewer })).status).toBe(403);
  expect(await call('POST', '/subscriptions', { callback, eventTypes: ['nothing'] }, { key: stranger })).toMatchObject({
    status: 422,
    body: { errors: [{ pointer: '/callback' }, { pointer: '/eventTypes/0' }] },
  });
});

it('accepts an update only for the version that its author has seen', async () => {
  const { etag } = await call('GET', `/callbacks/${callback}`, undefined, { key });
  const patched = await call('PATCH', `/callbacks/${callback}`, { enabled: true }, { key, ifMatch: etag });
  expect(patched).toMatchObject({ status: 200, body: { enabled: true, disabledReason: null, affectedSubscriptions: 2 } });
  expect((await call('PATCH', `/callbacks/${callback}`, { enabled: false }, { key, ifMatch: etag })).status).toBe(412);
  expect((await call('PATCH', `/callbacks/${callback}`, { enabled: true }, { key })).body.version).toBe(patched.body.version);
});

it('keeps the filter of a subscription, and allows a second subscription only with another filter', async () => {
  const filter = { any: [{ exact: { '/data/country': 'DE' } }, { prefix: { source: '/eu' } }] };
  const make = (given: object | null, activate = false) => call('POST', '/subscriptions', { callback, eventTypes: ['invoice.paid'], filter: given, activate }, { key });
  const created = await make(filter);
  expect((await make(filter)).body.id).toBe(created.body.id);
  expect(await make(filter, true)).toMatchObject({ status: 201, body: { id: created.body.id, state: 'activated', filter } });
  expect(await make({ exact: { country: 1 } })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/filter/exact' }] } });
  for (const twin of [await make(filter), await call('PATCH', `/subscriptions/${created.body.id}`, { filter: null }, { key })]) expect(twin).toMatchObject({ status: 409, body: { code: 'conflict' } });
  const other = { exact: { '/data/country': 'FR' } };
  expect((await call('PATCH', `/subscriptions/${created.body.id}`, { filter: other }, { key })).body).toMatchObject({ state: 'activated', filter: other });
  await call('POST', `/subscriptions/${created.body.id}/deactivate`, {}, { key });
  expect((await call('DELETE', `/subscriptions/${created.body.id}`, undefined, { key })).status).toBe(204);
});

/** Makes these moves one after another. */
const moveThrough = async (id: string, moves: string): Promise<Answered> => {
  let answer: Answered | undefined;
  for (const name of moves.split(' ')) answer = await call('POST', `/subscriptions/${id}/${name}`, {});
  return answer!;
};
const callbackOf = async (given: object): Promise<string> => (await call('POST', '/callbacks', { name: randomUUID(), url: 'http://127.0.0.1:9/in', ...given }, { key })).body.id;
const typeOf = async (approval: string): Promise<string> => String((await call('POST', '/event-types', { name: `type.${randomUUID().slice(0, 8)}`, approval })).body.name);
const subscribe = (to: string, eventTypes: string[], activate = false) => call('POST', '/subscriptions', { callback: to, eventTypes, activate }, { key });
const approved = async (to: string, eventTypes: string[]): Promise<string> => {
  const { id } = (await subscribe(to, eventTypes)).body;
  expect(await moveThrough(id, 'verify submit approve activate')).toMatchObject({ status: 200, body: { state: 'activated', approved: true } });
  return id;
};

it('takes verification and approval back when the target of a callback becomes another receiver, and says for which subscriptions', async () => {
  const [salary, sent] = [await typeOf('required'), await typeOf('none')];
  const edits: [string, object][] = [
    ['origin', { url: 'http://127.0.0.2:9/in' }],
    ['credential', { authentication: { type: 'oauth2', credential: (await call('POST', '/credentials', { name: 'idp', tokenUrl: 'http://127.0.0.1:9/token', clientId: 'id', clientSecret: 'canary-secret' }, { key })).body.id } }],
    ['signing', { signing: { secret: `whsec_${Buffer.alloc(32, 7).toString('base64')}` } }],
  ];
  for (const [what, edit] of edits) {
    const to = await callbackOf({});
    const mixed = await approved(to, [salary, sent]);
    const plain = (await subscribe(to, [sent], true)).body.id;
    expect((await call('PATCH', `/callbacks/${to}`, { url: 'http://127.0.0.1:9/other', timeoutMs: 3_000 }, { key })).body).toMatchObject({ affectedSubscriptions: 2, approvalTakenBack: [] });
    expect((await call('PATCH', `/callbacks/${to}`, edit, { key })).body).toMatchObject({ approvalTakenBack: [{ subscription: mixed, from: 'activated', to: 'draft' }] });
    expect((await call('GET', `/subscriptions/${mixed}`)).body).toMatchObject({ state: 'draft', approved: false, awaitsApproval: true, reason: `the ${what} of its callback was changed` });
    expect((await call('GET', `/subscriptions/${plain}`)).body).toMatchObject({ state: 'activated', reason: null });
    expect((await moveThrough(mixed, 'activate')).status).toBe(409);
    expect((await moveThrough(mixed, 'verify submit approve activate')).body).toMatchObject({ state: 'activated', approved: true, awaitsApproval: false });
  }
});

it('takes approvals back when a credential becomes another client, but not on behalf of callers who may not see the subscriptions', async () => {
  const salary = await typeOf('required');
  const { body: credential } = await call('POST', '/credentials', { name: 'shared', groups: [], tokenUrl: 'http://127.0.0.1:9/token', clientId: 'id', clientSecret: 'canary-secret' }, { key });
  const to = await callbackOf({ authentication: { type: 'oauth2', credential: credential.id } });
  const id = await approved(to, [salary]);
  const colleague = String((await call('POST', '/api-keys', { name: 'z', role: 'consumer', tenant: 'acme', groups: ['sales'] })).body.key);
  const patch = (body: object) => call('PATCH', `/credentials/${credential.id}`, body, { key: colleague });
  expect((await patch({ clientSecret: 'rotated-canary-secret', scope: 'x' })).body).toMatchObject({ approvalTakenBack: [] });
  expect(await patch({ tokenUrl: 'http://127.0.0.2:9/token' })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/clientId' }, { pointer: '/clientSecret' }] } });
  expect((await call('GET', `/subscriptions/${id}`)).body).toMatchObject({ state: 'activated', approved: true });
  expect((await patch({ tokenUrl: 'http://127.0.0.2:9/token', clientId: 'id', clientSecret: 'canary-secret' })).body).toMatchObject({ approvalTakenBack: [] });
  expect((await call('GET', `/subscriptions/${id}`)).body).toMatchObject({ state: 'draft', approved: false, awaitsApproval: true });
});

it.each(['callback', 'credential'])('does not mark as verified a subscription whose %s has changed while its sample was on its way', async (what) => {
  const { body: credential } = await call('POST', '/credentials', { name: 'idp', tokenUrl: 'http://127.0.0.1:9/token', clientId: 'id', clientSecret: 'canary-secret' }, { key });
  const to = await callbackOf({ authentication: { type: 'oauth2', credential: credential.id } });
  const { id } = (await subscribe(to, ['invoice.paid'])).body;
  meanwhile = () => (what === 'callback' ? call('PATCH', `/callbacks/${to}`, { url: 'http://127.0.0.2:9/in' }) : call('PATCH', `/credentials/${credential.id}`, { clientId: 'other' }));
  expect(await moveThrough(id, 'verify')).toMatchObject({ status: 409, body: { code: 'conflict' } });
  meanwhile = null;
  expect((await moveThrough(id, 'verify')).body).toMatchObject({ state: 'validated' });
});

it('requires an approval that an event type has required since, unless the subscription was active before', async () => {
  const name = await typeOf('none');
  const [active, waiting] = [(await subscribe(await callbackOf({}), [name], true)).body.id, (await subscribe(await callbackOf({}), [name])).body.id];
  await moveThrough(waiting, 'verify');
  await moveThrough(active, 'deactivate');
  await call('PATCH', `/event-types/${name}`, { approval: 'required' });
  expect(await moveThrough(waiting, 'activate')).toMatchObject({ status: 409, body: { code: 'illegal-move', detail: expect.stringContaining('verify it again') as unknown } });
  expect((await moveThrough(waiting, 'suspend unsuspend')).body).toMatchObject({ state: 'draft' });
  expect((await moveThrough(active, 'activate')).body).toMatchObject({ state: 'activated', approved: false });
  expect(await call('PATCH', `/subscriptions/${active}`, { filter: { exact: { a: 'b' } } }, { key })).toMatchObject({ status: 409, body: { code: 'conflict' } });
});

it('lets nobody replace a suspended subscription by another one', async () => {
  const [name, elsewhere] = [await typeOf('none'), await typeOf('none')];
  const [to, other] = [await callbackOf({}), await callbackOf({ url: 'http://127.0.0.3:9/in' })];
  const suspended = (await subscribe(to, [name], true)).body.id;
  const [deactivated, blocked] = [(await subscribe(other, [name], true)).body.id, (await subscribe(other, [name, elsewhere], true)).body.id];
  await moveThrough(deactivated, 'deactivate');
  await moveThrough(blocked, 'block');
  const free = (await subscribe(other, [elsewhere], true)).body.id;
  await moveThrough(suspended, 'suspend');
  const refused = { status: 409, body: { code: 'suspended' } };
  const makers = [[to, [name]], [other, [name]], [other, ['*']], [other, [elsewhere, name]]] as const;
  for (const [at, eventTypes] of makers) for (const activate of [true, false]) expect(await subscribe(at, [...eventTypes], activate)).toMatchObject(refused);
  for (const move of [`${deactivated}/activate`, `${blocked}/unblock`]) expect(await call('POST', `/subscriptions/${move}`, {}, { key })).toMatchObject(refused);
  expect(await call('PATCH', `/subscriptions/${free}`, { eventTypes: [name] }, { key })).toMatchObject(refused);
  expect(await call('DELETE', `/subscriptions/${suspended}`, undefined, { key })).toMatchObject(refused);
  expect((await call('DELETE', `/callbacks/${to}`, undefined, { key })).status).toBe(409);
  expect((await call('PATCH', `/subscriptions/${free}`, { filter: { exact: { a: 'b' } } }, { key })).status).toBe(200);

  const provider = String((await call('POST', '/api-keys', { name: 'p', role: 'provider' })).body.key);
  expect((await call('DELETE', `/subscriptions/${suspended}`, undefined, { key: provider })).status).toBe(204);
  expect((await moveThrough(deactivated, 'activate')).status).toBe(200);
});

it('serializes a suspension and a creation, and creates one of two equal subscriptions', async () => {
  const name = await typeOf('none');
  const [to, other] = [await callbackOf({}), await callbackOf({})];
  const suspended = (await subscribe(to, [name], true)).body.id;
  const [suspension, ...creations] = await Promise.all([moveThrough(suspended, 'suspend'), ...[1, 2, 3, 4].map(() => subscribe(other, [name], true))]);
  expect(suspension.body).toMatchObject({ state: 'suspended' });
  for (const { status: answered, body } of creations) expect([201, 409]).toContain(answered === 409 && body.code !== 'suspended' && body.code !== 'conflict' ? body : answered);
  const made = new Set(creations.filter((one) => one.status === 201).map(({ body }) => body.id));
  expect(made.size).toBeLessThanOrEqual(1);
  const positionOf = async (id: string, type: string, move?: string) => {
    const events = (await call('GET', `/audit?id=${id}&limit=100`)).body.items as { type: string; position: number; changes: { move?: string } }[];
    return events.find((event) => event.type === type && event.changes.move === move)?.position ?? 0;
  };
  const suspendedAt = await positionOf(suspended, 'moved', 'suspend');
  for (const id of made) {
    expect(await positionOf(id, 'created')).toBeLessThan(suspendedAt);
    expect(await positionOf(id, 'moved', 'activate')).toBeLessThan(suspendedAt);
  }
});

it('suspends a whole tenant, whose keys then can only read', async () => {
  const provider = String((await call('POST', '/api-keys', { name: 'p', role: 'provider' })).body.key);
  const move = (name: string, body = {}, as = provider) => call('POST', `/tenants/acme/${name}`, body, { key: as });
  expect((await move('suspend', {}, key)).status).toBe(403);
  expect(await move('suspend', { reason: 'unpaid' })).toMatchObject({ status: 200, body: { id: 'acme', name: 'Acme', state: 'suspended', reason: 'unpaid' } });
  expect(await move('suspend')).toMatchObject({ status: 409, body: { code: 'illegal-move' } });
  expect((await call('GET', '/tenants/acme')).body).toMatchObject({ state: 'suspended', reason: 'unpaid' });
  expect((await call('GET', '/audit?kind=tenant&id=acme&limit=1')).body.items).toMatchObject([{ type: 'suspended', actor: expect.stringMatching(/^key_/) as unknown, changes: { state: 'suspended', reason: 'unpaid' } }]);
  await eventually(() => {
    expect(view.get('tenant', 'acme')?.state).toMatchObject({ state: 'suspended' });
  });
  const name = await typeOf('none');
  expect((await call('GET', `/callbacks/${callback}`, undefined, { key })).status).toBe(200);
  expect((await call('POST', `/event-types/${name}/simulate`, {}, { key })).status).toBe(200);
  const writes: ['POST' | 'PATCH' | 'DELETE', string, object][] = [
    ['POST', '/subscriptions', { callback, eventTypes: [name], activate: true }],
    ['POST', `/subscriptions/${subscription}/deactivate`, {}],
    ['POST', `/callbacks/${callback}/test`, {}],
    ['PATCH', `/callbacks/${callback}`, { timeoutMs: 4_000 }],
    ['DELETE', `/callbacks/${callback}`, {}],
  ];
  for (const [method, url, body] of writes) expect(await call(method, url, body, { key })).toMatchObject({ status: 409, body: { code: 'suspended' } });
  expect(await move('unsuspend')).toMatchObject({ status: 200, body: { state: 'active', reason: null } });
  expect((await call('PATCH', `/callbacks/${callback}`, { timeoutMs: 15_000 }, { key })).status).toBe(200);
});

it('answers a repeated creation as the first time, without its secret, and does it once', async () => {
  const body = { name: 'repeated', url: 'http://127.0.0.1:9/in', profile: 'persona' };
  const [one, two] = await Promise.all([1, 2].map(() => call('POST', '/callbacks', body, { key, idempotencyKey: 'k-1' })));
  expect([one?.status, two?.status].sort()).toEqual([201, expect.any(Number)]);
  const first = (one?.status === 201 && 'secret' in (one.body.signing as object) ? one : two)?.body;
  const again = await call('POST', '/callbacks', body, { key, idempotencyKey: 'k-1' });
  const { signing, ...rest } = first ?? { id: '' };
  expect(again).toMatchObject({ status: 201, etag: '"1"', body: rest });
  expect([signing, again.body.signing]).toEqual([{ scheme: 'persona', secret: expect.any(String) as unknown }, { scheme: 'persona' }]);
  expect((await call('POST', '/callbacks', { ...body, name: 'another' }, { key, idempotencyKey: 'k-1' })).status).toBe(422);
  expect((await call('POST', '/callbacks', { ...body, name: 'another' }, { idempotencyKey: 'k-1' })).status).toBe(422);
  expect((await call('POST', '/callbacks', { ...body, tenant: 'acme', name: 'another' }, { idempotencyKey: 'k-1' })).status).toBe(201);
});

it('shows a rotated secret again if its answer was lost, and to no other key', async () => {
  const { body } = await call('POST', '/callbacks', { name: 'rotated', url: 'http://127.0.0.1:9/rotated', tenant: 'acme' }, { key });
  const rotate = (idempotencyKey: string, given: object = {}) => call('POST', `/callbacks/${body.id}/rotate-secret`, given, { key, idempotencyKey });
  const first = await rotate('r-1');
  expect(await rotate('r-1')).toMatchObject({ status: 200, body: first.body });
  expect((await rotate('r-2')).status).toBe(409);
  const ended = await rotate('r-3', { force: true, expiresInSeconds: 0 });
  expect(ended.body.secret).toEqual(expect.any(String));
  expect((await rotate('r-3', { force: true, expiresInSeconds: 0 })).body).toEqual({ ...ended.body, secret: undefined });
});

it('frees an Idempotency-Key whose request changed nothing, after its process died, and never one whose request did', async () => {
  const database = app.get(DataSource);
  const left = async (idempotencyKey: string, done: boolean) => {
    await call('POST', '/applications', { name: idempotencyKey }, { key, idempotencyKey });
    await database.query(`update config.idempotent_requests set answer = null, done = $2, at = now() - interval '3 minutes' where key = $1`, [idempotencyKey, done]);
    return call('POST', '/applications', { name: idempotencyKey }, { key, idempotencyKey });
  };
  expect(await left('died-early', false)).toMatchObject({ status: 409, body: { errors: [{ code: 'taken' }] } });
  expect(await left('died-late', true)).toMatchObject({ status: 409, body: { detail: expect.stringContaining('was carried out') as unknown } });
});

it('accepts a refused request again under its Idempotency-Key', async () => {
  expect((await call('POST', '/applications', { name: '' }, { key, idempotencyKey: 'k-2' })).status).toBe(422);
  expect((await call('POST', '/applications', { name: 'x' }, { key, idempotencyKey: 'k-2' })).status).toBe(201);
});

it('shows who changed what and when, to those who may see it, without secrets', async () => {
  const since = new Date().toISOString();
  await call('PATCH', `/callbacks/${callback}`, { timeoutMs: 4_000, secretHeaders: { 'X-Gate': 'open sesame' } }, { key });
  const patched = await call('GET', `/audit?id=${callback}&since=${since}`, undefined, { key });
  expect(patched.body.items).toEqual([expect.objectContaining({ kind: 'callback', id: callback, tenant: 'acme', type: 'changed', actor: expect.stringMatching(/^key_/) as unknown, changes: { settings: { timeoutMs: 4_000 }, secretHeaders: { 'X-Gate': '<redacted>' }, secretsAt: { signing: expect.any(String) as unknown, 'secretHeaders.X-Gate': expect.any(String) as unknown } } })]);
  const stranger = String((await call('POST', '/api-keys', { name: 'y', role: 'consumer', tenant: 'acme', groups: ['sales'] })).body.key);
  expect((await call('GET', `/audit?id=${callback}`, undefined, { key: stranger })).body.items).toEqual([]);
  const kinds = async (as: string) => new Set(((await call('GET', '/audit?limit=100', undefined, { key: as })).body.items as { kind: string }[]).map(({ kind }) => kind));
  expect([(await kinds(ADMIN)).has('api-key'), (await kinds(key)).has('api-key')]).toEqual([true, false]);
  const first = await call('GET', '/audit?limit=1', undefined);
  const second = await call('GET', `/audit?limit=1&cursor=${String(first.body.next)}`, undefined);
  expect((first.body.items as { position: number }[])[0]?.position).toBe(((second.body.items as { position: number }[])[0]?.position ?? 0) + 1);
  const event = (version: number, tenant: string | null): OperationEvent => ({ operation: `op_${tenant}`, version, type: version === 1 ? 'begun' : 'finished', at: Date.now(), actor: 'key_1', tenant, groups: [], data: { requestedBy: 'key_1' } });
  const told = [event(1, 'acme'), event(2, 'acme'), event(2, 'acme'), event(1, null), event(1, 'globex')];
  for (const one of told) await producer.sendJson(operationEvents, one.operation, one);
  const ofOperations = async (as: string, query = '') => ((await call('GET', `/audit?kind=operation&limit=100${query}`, undefined, { key: as })).body.items as { id: string; version: number }[]).map(({ id, version }) => `${id} ${version}`);
  await eventually(async () => {
    expect(await ofOperations(ADMIN)).toEqual(['op_globex 1', 'op_null 1', 'op_acme 2', 'op_acme 1']);
  });
  expect(await ofOperations(key)).toEqual(['op_acme 2', 'op_acme 1']);
  expect(await ofOperations(key, '&type=begun')).toEqual(['op_acme 1']);
  await call('PATCH', `/callbacks/${callback}`, { timeoutMs: 4_500 }, { key });
  await call('PATCH', `/callbacks/${callback}`, { timeoutMs: 4_000 }, { key });
  const pages: string[] = [];
  for (let cursor = ''; pages.length < 6; ) {
    const { items, next } = (await call('GET', `/audit?limit=1${cursor}`)).body as unknown as { items: { kind: string; id: string; type: string }[]; next: string };
    pages.push(...items.map(({ kind, type }) => `${kind} ${type}`));
    cursor = `&cursor=${next}`;
  }
  expect(pages).toEqual(['callback changed', 'callback changed', 'operation begun', 'operation begun', 'operation finished', 'operation begun']);
  const all = JSON.stringify((await call('GET', '/audit?limit=100')).body);
  expect(all).not.toMatch(/"s1\.|open sesame|canary-secret/);
});

it('keeps the place in a list while something is added at its beginning', async () => {
  const made: string[] = [];
  const add = async (): Promise<void> => {
    made.unshift((await call('POST', '/applications', { name: `app ${made.length}` }, { key })).body.id);
  };
  for (let i = 0; i < 5; i++) await add();
  const expected = [...made];
  const seen: string[] = [];
  for (let cursor = ''; ; ) {
    const { items, next } = (await call('GET', `/applications?limit=2${cursor}`, undefined, { key })).body as unknown as { items: { id: string }[]; next: string | null };
    seen.push(...items.map(({ id }) => id));
    if (next === null) break;
    cursor = `&cursor=${next}`;
    await add();
  }
  expect(seen.filter((id) => made.includes(id))).toEqual(expected);
  expect(new Set(seen).size).toBe(seen.length);
  expect(await call('GET', '/applications?limit=101', undefined, { key })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/limit' }] } });
  expect(await call('GET', '/applications?cursor=x', undefined, { key })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/cursor' }] } });
});

/** One field of each item in a list, as this key sees it. */
async function listed(url: string, field: string, as = key): Promise<unknown[]> {
  const { status: answered, body } = await call('GET', url, undefined, { key: as });
  return answered === 200 ? (body.items as Record<string, unknown>[]).map((item) => item[field]) : [answered, body.errors];
}

it('finds resources by id, by a part of their name or URL in any case, and by what they refer to', async () => {
  const { id: credential } = (await call('POST', '/credentials', { name: '100%_idp', tokenUrl: 'http://127.0.0.1:9/Token/Sought', clientId: 'hidden-id', clientSecret: 's' }, { key })).body;
  const authentication = { type: 'oauth2', credential };
  const sought = { url: 'http://127.0.0.1:9/sought', headers: { 'x-shown': 'header-value' } };
  const on = (await call('POST', '/callbacks', { name: 'Sought on', ...sought, authentication }, { key })).body.id;
  const off = (await call('POST', '/callbacks', { name: 'Sought off', ...sought, enabled: false }, { key })).body.id;
  for (const [url, ...ids] of [
    ['/callbacks?q=sought%20ON', on],
    ['/callbacks?q=:9/SOUGHT', off, on],
    ['/callbacks?q=sought&enabled=true', on],
    ['/callbacks?q=sought&enabled=false', off],
    [`/callbacks?credential=${credential}`, on],
    [`/callbacks?id=${on}&id=${off}&id=cb_nobody`, off, on],
    [`/callbacks?id=${on}&q=off`],
    [`/credentials?q=${credential.slice(4)}`, credential],
    ['/credentials?q=token/sought', credential],
    ['/credentials?q=100%25_', credential],
    ['/credentials?q=10_%25'],
    ['/credentials?q=hidden-id'],
    ['/callbacks?q=header-value'],
    ["/callbacks?q='%20or%20true%20--"],
    ['/event-types?q=INVOICE', 'invoice.paid'],
  ] as const) {
    const found = await listed(url, url.startsWith('/event-types') ? 'name' : 'id');
    expect([url, ...found]).toEqual([url, ...ids]);
  }
  const stranger = String((await call('POST', '/api-keys', { name: 'x', role: 'consumer', tenant: 'other' })).body.key);
  for (const url of ['/callbacks?q=sought', `/callbacks?id=${on}`]) expect(await listed(url, 'id', stranger)).toEqual([]);
  expect((await listed(`/callbacks?credential=${credential}`, 'id', stranger))[0]).toBe(422);
  for (const wrong of ['/callbacks?q=', '/callbacks?q=%00', `/callbacks?${'id=x&'.repeat(101)}`, '/callbacks?enabled=yes', '/subscriptions?state=open']) expect([wrong, (await listed(wrong, 'id'))[0]]).toEqual([wrong, 422]);
  for (const id of [on, off]) await call('DELETE', `/callbacks/${id}`, undefined, { key });
});

it('lists subscriptions by their states, each with what its reader may do with it now', async () => {
  const may = async (state: string, as: string) => (await listed(`/subscriptions?state=${state}&tenant=acme&limit=1`, 'moves', as))[0];
  const [provider, viewer] = await Promise.all(['provider', 'viewer'].map(async (role) => String((await call('POST', '/api-keys', { name: role, role, ...(role === 'viewer' ? { tenant: 'acme' } : {}) })).body.key)));
  expect(new Set(await listed('/subscriptions?state=activated&state=draft', 'state'))).toEqual(new Set(['activated', 'draft']));
  expect(await listed('/subscriptions?state=submitted', 'state')).toEqual([]);
  expect(await may('activated', key)).toEqual(['edit', 'deactivate', 'block']);
  expect(await may('activated', provider!)).toEqual(['suspend', 'block']);
  expect(await may('activated', viewer!)).toEqual([]);
  expect(await may('draft', key)).toEqual(['edit', 'verify', 'delete']);
});

it('shows the tenants to a provider, who reads everything of theirs, and to no lesser role', async () => {
  const provider = String((await call('POST', '/api-keys', { name: 'p', role: 'provider' })).body.key);
  expect(await listed('/tenants?q=othe', 'name', provider)).toEqual(['Other']);
  expect((await call('GET', '/tenants/acme', undefined, { key: provider })).status).toBe(200);
  expect((await call('PATCH', '/tenants/acme', { name: 'Mine' }, { key: provider })).status).toBe(403);
  expect((await call('GET', '/tenants', undefined, { key })).status).toBe(403);
});

it('shows a resource as it was', async () => {
  const before = new Date().toISOString();
  await call('PATCH', `/callbacks/${callback}`, { timeoutMs: 5_000 }, { key });
  expect((await call('GET', `/callbacks/${callback}?at=${before}`, undefined, { key })).body).toMatchObject({ timeoutMs: 4_000 });
  expect((await call('GET', `/callbacks/${callback}`, undefined, { key })).body).toMatchObject({ timeoutMs: 5_000 });
  expect((await call('GET', `/callbacks/${callback}?at=2020-01-01T00:00:00Z`, undefined, { key })).status).toBe(404);
  expect((await call('GET', `/callbacks/${callback}?at=yesterday`, undefined, { key })).status).toBe(422);
});

it('shows a resource in each of its versions, without its secrets, to those who may see it', async () => {
  const { id } = (await call('POST', '/callbacks', { name: 'versions', url: 'https://hooks.acme.com/versions', timeoutMs: 4_000, secretHeaders: { 'X-Gate': 'hidden-1' } }, { key })).body as unknown as { id: string };
  await call('PATCH', `/callbacks/${id}`, { timeoutMs: 5_000 }, { key });
  await call('PATCH', `/callbacks/${id}`, { secretHeaders: { 'X-Gate': 'hidden-2' } }, { key });
  const read = (version: string, as = key) => call('GET', `/callbacks/${id}?version=${version}`, undefined, { key: as });
  const states = await Promise.all(['1', '2', '3'].map((version) => read(version)));
  expect(states).toMatchObject([4_000, 5_000, 5_000].map((timeoutMs, n) => ({ status: 200, body: { timeoutMs, version: n + 1, secretHeaders: { 'X-Gate': '<redacted>' } } })));
  expect(JSON.stringify(states)).not.toContain('hidden');

  expect(await read('4')).toMatchObject({ status: 404, body: { code: 'not-found', detail: `There is no version 4 of callback "${id}".` } });
  const stranger = String((await call('POST', '/api-keys', { name: 'x', role: 'consumer', tenant: 'other' })).body.key);
  expect(await read('2', stranger)).toMatchObject({ status: 404, body: { detail: `There is no version 2 of callback "${id}".` } });
  for (const wrong of ['0', '-1', '1.5', 'first', '2147483648', '1&at=2026-01-31T12:00:00Z']) expect({ wrong, status: (await read(wrong)).status }).toEqual({ wrong, status: 422 });

  await call('DELETE', `/callbacks/${id}`, undefined, { key });
  expect(await read('3')).toMatchObject({ status: 200, body: { timeoutMs: 5_000 } });
  expect(await read('4')).toMatchObject({ status: 404 });
});

it('describes every route that it has', async () => {
  const { paths, components } = (await call('GET', '/openapi.json')).body as unknown as OpenApi;
  const described = Object.entries(paths).flatMap(([path, operations]) => Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`));
  expect(described.sort()).toEqual([...routes].sort());
  expect(paths['/v1/subscriptions']?.post?.requestBody).toMatchObject({ content: { 'application/json': { schema: { $ref: '#/components/schemas/CreateSubscription' } } } });
  expect(components.schemas.CreateSubscription).toMatchObject({ properties: { filter: { anyOf: [{ $ref: '#/components/schemas/Filter' }, { type: 'null' }] } }, required: ['callback', 'eventTypes'] });
  const named = [...JSON.stringify(paths).matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name);
  for (const name of named) expect(components.schemas).toHaveProperty(String(name));
});

it('deletes a tenant with everything it has, once nothing of it is active', async () => {
  expect(await call('DELETE', '/tenants/acme')).toMatchObject({ status: 409, body: { code: 'in-use', detail: expect.stringContaining(subscription) as unknown as string } });
  const { items } = (await call('GET', '/subscriptions?tenant=acme&limit=100')).body as unknown as { items: { id: string; state: string }[] };
  for (const { id, state } of items) if (state === 'activated') await call('POST', `/subscriptions/${id}/deactivate`, { reason: 'moving out' });
  expect((await call('DELETE', '/tenants/acme')).status).toBe(204);
  expect((await call('GET', '/callbacks', undefined, { key })).status).toBe(401);
  await eventually(() => {
    expect([...view.all('callback'), ...view.all('subscription'), ...view.all('credential'), ...view.all('tenant')].map(({ id }) => id)).toEqual(['other']);
  });
});
