import { request as overHttp, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Fault } from '@nuncio/contracts';
import { Secret } from '@nuncio/sealing';
import { request } from 'undici';
import fastify, { type FastifyInstance } from 'fastify';
import { Door } from '../proxy/door.js';
import { proxy } from '../proxy/proxy.js';
import { handOn } from './hand-on.js';
import { inbox, isInbox } from './inbox.js';
import { ListenerIds } from './listener-ids.js';
import type { Received } from './listener.js';
import { Listeners } from './listeners.js';

const caller = { id: 'key_1', tenant: 'acme' };
const pepper = new Secret('p'.repeat(32));

interface Replica {
  readonly listeners: Listeners;
  readonly server: FastifyInstance;
  readonly url: string;
}
let replicas: [Replica, Replica];

/** A gateway as `Origin` makes it. Its address must be known before it starts. */
async function replica(): Promise<Replica> {
  const probe = fastify();
  const url = await probe.listen({ port: 0, host: '127.0.0.1' });
  await probe.close();
  const listeners = new Listeners(new ListenerIds(pepper, url));
  const server = fastify({ routerOptions: { maxParamLength: 512 } });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body);
  });
  server.addHook('preHandler', handOn(listeners.ids));
  void server.register(inbox(listeners));
  void server.register(proxy({ 'config-service': url, 'attempt-log': url }, { position: 1, waitFor: () => Promise.resolve(true) }, new Door({ admit: () => Promise.reject(new Fault('unauthenticated', 'no key')) }, 1_000)));
  await server.listen({ port: Number(new URL(url).port), host: '127.0.0.1' });
  return { listeners, server, url };
}

beforeAll(async () => {
  replicas = [await replica(), await replica()];
});
afterAll(async () => {
  for (const { listeners, server } of replicas) {
    listeners.beforeApplicationShutdown();
    await server.close();
  }
});

it.each([0, 1] as const)('forwards a request to the listener, also through another gateway, and its answer back unchanged', async (through) => {
  const id = replicas[0].listeners.open(caller);
  const listener = replicas[0].listeners.of(caller, id);
  const reader = listener.read(60_000);
  const asked = fetch(`${replicas[through].url}/v1/listeners/${id}/inbox`, { method: 'PUT', headers: { authorization: 'Bearer of-the-receiver', 'Webhook-Id': 'evt_1', 'content-type': 'text/plain' }, body: 'a\r\nb', redirect: 'manual' });
  const { value } = (await reader.next()) as { value: { id: string; received: Received } };
  expect(value).toMatchObject({ received: { method: 'PUT', body: Buffer.from('a\r\nb') } });
  const headers = Object.fromEntries(value.received.headers.map(([name, text]) => [name.toLowerCase(), text]));
  expect(headers).toMatchObject({ authorization: 'Bearer of-the-receiver', 'webhook-id': 'evt_1', 'content-type': 'text/plain' });
  for (const name of ['host', 'connection', 'content-length']) expect(headers).not.toHaveProperty(name);
  listener.answer(value.id, { status: 307, headers: [['Location', '/there'], ['X-Two', 'a'], ['X-Two', 'b'], ['Transfer-Encoding', 'chunked']], body: Buffer.from('moved') });
  const answer = await asked;
  expect({ status: answer.status, location: answer.headers.get('location'), two: answer.headers.get('x-two'), body: await answer.text() }).toEqual({ status: 307, location: '/there', two: 'a, b', body: 'moved' });
  replicas[0].listeners.close(caller, id);
});

it('serves a tenant no page on the origin of the console', async () => {
  const id = replicas[0].listeners.open(caller);
  const listener = replicas[0].listeners.of(caller, id);
  const inboxUrl = `${replicas[0].url}/v1/listeners/${id}/inbox`;
  // A form of another site, sent by a browser.
  const { statusCode } = await request(inboxUrl, { method: 'POST', headers: { 'sec-fetch-site': 'cross-site' }, body: 'x' });
  expect(statusCode).toBe(403);
  const reader = listener.read(60_000);
  const asked = fetch(inboxUrl, { method: 'POST', body: 'x' });
  const { value } = (await reader.next()) as { value: { id: string } };
  listener.answer(value.id, { status: 200, headers: [['Content-Type', 'text/html'], ['Set-Cookie', '__Host-nuncio=mine'], ['Content-Security-Policy', "default-src *"]], body: Buffer.from('<script>1</script>') });
  const answer = await asked;
  expect({ cookies: answer.headers.getSetCookie(), policy: answer.headers.get('content-security-policy') }).toEqual({ cookies: [], policy: 'sandbox' });
  replicas[0].listeners.close(caller, id);
});

it('forwards no header of one connection, and none that tells a browser something about the whole origin', async () => {
  const id = replicas[0].listeners.open(caller);
  const reader = replicas[0].listeners.of(caller, id).read(60_000);
  // This client, unlike fetch, lets the test set `Connection`.
  const asked = new Promise<IncomingMessage>((resolve, reject) => {
    overHttp(`${replicas[0].url}/v1/listeners/${id}/inbox`, { method: 'POST', headers: { 'x-hop': '1', connection: 'x-hop', te: 'trailers', 'x-kept': '1' } }, resolve).on('error', reject).end('x');
  });
  const { value } = (await reader.next()) as { value: { id: string; received: Received } };
  const received = value.received.headers.map(([name]) => name.toLowerCase());
  expect(received).toContain('x-kept');
  for (const name of ['x-hop', 'te', 'connection', 'x-nuncio-handed-on']) expect(received).not.toContain(name);
  const headers = [['Connection', 'close, X-Hop'], ['X-Hop', '1'], ['Proxy-Authenticate', 'Basic'], ['Strict-Transport-Security', 'max-age=1'], ['Clear-Site-Data', '"*"'], ['Alt-Svc', 'h2=":1"'], ['X-Kept', '1']] as const;
  replicas[0].listeners.of(caller, id).answer(value.id, { status: 200, headers, body: Buffer.alloc(0) });
  const answer = await asked;
  answer.resume();
  expect(answer.headers).toMatchObject({ 'x-kept': '1', 'content-security-policy': 'sandbox' });
  for (const name of ['x-hop', 'proxy-authenticate', 'strict-transport-security', 'clear-site-data', 'alt-svc']) expect(answer.headers).not.toHaveProperty(name);
  replicas[0].listeners.close(caller, id);
});

it('forwards nothing twice, even to a gateway whose address has changed, and says that there is no listener', async () => {
  // A name given by this gateway under a former address.
  const renamed = new ListenerIds(pepper, replicas[0].url.replace('127.0.0.1', 'localhost')).next();
  const [here, gone] = [new ListenerIds(pepper, undefined).next(), new ListenerIds(pepper, 'http://127.0.0.1:1').next()];
  const statusOf = async (id: string, method: string, path: string): Promise<number> => (await fetch(`${replicas[1].url}/v1/listeners/${id}/${path}`, { method, ...(method === 'POST' && { body: 'x' }) })).status;
  // Treated as ended; or, while this process is young, as perhaps coming back.
  for (const id of [renamed, here]) expect([410, 503]).toContain(await statusOf(id, 'POST', 'inbox'));
  expect(await statusOf(gone, 'POST', 'inbox')).toBe(503);
  expect(await statusOf(gone, 'GET', 'stream')).toBe(404);
});

it('keeps room for other tenants, however many requests wait for one', async () => {
  const { listeners } = replicas[1];
  const [own, others] = [listeners.open({ id: 'key_flood', tenant: 'flood' }), listeners.open({ id: 'key_calm', tenant: 'calm' })];
  const hangUp = new AbortController();
  const ask = (id: string): Promise<unknown> => listeners.ask(id, { method: 'POST', headers: [], body: Buffer.alloc(1_000_000) }, hangUp.signal).catch((error: unknown) => error);
  const flood = Array.from({ length: 64 }, () => ask(own));
  expect(await Promise.race(flood)).toMatchObject({ code: 'unavailable', retriable: true });
  const reader = listeners.of({ id: 'key_calm', tenant: 'calm' }, others).read(60_000);
  const calm = ask(others);
  const { value } = (await reader.next()) as { value: { id: string } };
  const answer = { status: 204, headers: [], body: Buffer.alloc(0) };
  listeners.of({ id: 'key_calm', tenant: 'calm' }, others).answer(value.id, answer);
  expect(await calm).toBe(answer);
  hangUp.abort();
  await Promise.all(flood);
  listeners.close({ id: 'key_flood', tenant: 'flood' }, own);
  listeners.close({ id: 'key_calm', tenant: 'calm' }, others);
});

it('has a listener and room for the requests of a tenant that comes when five others use everything', async () => {
  const listeners = new Listeners(new ListenerIds(pepper, undefined));
  const open = (key: string, tenant: string) => ({ id: listeners.open({ id: key, tenant }), caller: { id: key, tenant } });
  const greedy = Array.from({ length: 100 }, (_, n) => open(`key_${n % 20}`, `tenant_${Math.floor(n / 20)}`));
  expect(() => listeners.open({ id: 'key_20', tenant: 'tenant_1' })).toThrow(expect.objectContaining({ retriable: true }));
  const hangUp = new AbortController();
  const ask = (id: string): Promise<unknown> => listeners.ask(id, { method: 'POST', headers: [], body: Buffer.alloc(1_000_000) }, hangUp.signal).catch((error: unknown) => error);
  const waiting = greedy.map(({ id }) => ask(id));
  const { id, caller: newcomer } = open('key_new', 'newcomer');
  expect(() => listeners.open({ id: 'key_new', tenant: 'newcomer' })).toThrow(expect.objectContaining({ code: 'unavailable' }));
  const reader = listeners.of(newcomer, id).read(60_000);
  const asked = ask(id);
  const { value } = (await reader.next()) as { value: { id: string } };
  const answer = { status: 204, headers: [], body: Buffer.alloc(0) };
  listeners.of(newcomer, id).answer(value.id, answer);
  expect(await asked).toBe(answer);
  hangUp.abort();
  await Promise.all(waiting);
  listeners.beforeApplicationShutdown();
});

it("does not exist for a name other than the installation's", async () => {
  const answer = await fetch(`${replicas[0].url}/v1/listeners/lsn_guess/inbox`, { method: 'POST', body: 'x' });
  expect(answer.status).toBe(404);
});

it("lets a caller have five listeners, and read nobody else's", () => {
  const { listeners } = replicas[1];
  const ids = Array.from({ length: 5 }, () => listeners.open(caller));
  expect(() => listeners.open(caller)).toThrow('A caller may have 5 listeners');
  expect(() => listeners.of({ id: 'key_2', tenant: 'acme' }, ids[0] ?? '')).toThrow('no such listener');
  for (const id of ids) listeners.close(caller, id);
  expect(listeners.open(caller)).toMatch(/^lsn_/);
});

it('is open to anybody only at the inbox', () => {
  expect(['/v1/listeners/lsn_a.b.c/inbox', '/v1/listeners/x/inbox?a=1'].map(isInbox)).toEqual([true, true]);
  expect(['/v1/listeners', '/v1/listeners/x/stream', '/v1/listeners/x/y/inbox', '/v1/listeners/x/inboxes', '/v1/events?/v1/listeners/x/inbox'].map(isInbox)).toEqual(Array(5).fill(false));
});
