import { createServer, get, request as httpRequest, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { Fault, type Principal } from '@nuncio/contracts';
import fastify, { type FastifyInstance } from 'fastify';
import { Door } from './door.js';
import { proxy } from './proxy.js';
import { routes } from './routes.js';

interface Received {
  readonly by: string;
  readonly line: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

let received: Received[] = [];
let servers: Server[] = [];
let gateway: FastifyInstance;

async function upstream(by: string): Promise<string> {
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      received.push({ by, line: `${request.method ?? ''} ${request.url ?? ''}`, headers: request.headers, body });
      response.writeHead(418, { 'content-type': 'application/problem+json', etag: '"7"' }).end('{"code":"teapot"}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Whose key it is stands in the key: `tenant/name`; of `/name` no tenant. Each may send as often as it likes, but for `eager`. */
const admit = (header = ''): Promise<Principal> => {
  const [, tenant = '', name = ''] = /^Bearer (\w*)\/(\w+)$/.exec(header) ?? [];
  if (name === '') return Promise.reject(new Fault('unauthenticated', 'Send a valid API key.'));
  if (name === 'eager') return Promise.reject(new Fault('too-many-requests', 'This caller sends too many requests.', { retriable: true, retryAfterSeconds: 1 }));
  return Promise.resolve({ id: name, role: tenant ? 'consumer' : 'admin', tenant: tenant || null, groups: [] });
};

const open = async (origins: { 'config-service': string; 'attempt-log': string }): Promise<FastifyInstance> => {
  const app = fastify();
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body);
  });
  void app.register(proxy(origins, { position: 7, waitFor: () => Promise.resolve(true) }, new Door({ admit }, 1_000)));
  await app.listen({ port: 0, host: '127.0.0.1' });
  return app;
};

beforeAll(async () => {
  gateway = await open({ 'config-service': await upstream('config-service'), 'attempt-log': await upstream('attempt-log') });
});
beforeEach(() => {
  received = [];
});
afterAll(async () => {
  await gateway.close();
  for (const server of servers) server.close();
  servers = [];
});

it('forwards a request and its answer unchanged', async () => {
  const body = '{"name": "ledger",  "n": 1.0}';
  const headers = { authorization: 'Bearer key', 'content-type': 'application/json', 'if-match': '"6"', 'idempotency-key': 'k' };
  const response = await gateway.inject({ method: 'PATCH', url: '/v1/callbacks/cb_1?a=1&a=2', headers, body });
  expect(received).toMatchObject([{ by: 'config-service', line: 'PATCH /v1/callbacks/cb_1?a=1&a=2', headers, body }]);
  expect(response).toMatchObject({ statusCode: 418, body: '{"code":"teapot"}', headers: { etag: '"7"', 'content-type': 'application/problem+json' } });
});

it('passes on no header of the connection that a request came by, of which undici refused some', async () => {
  const headers = { 'keep-alive': 'timeout=5', upgrade: 'websocket', te: 'trailers', 'proxy-connection': 'keep-alive', expect: '100-continue', 'x-mine': 'yes' };
  expect(await gateway.inject({ method: 'GET', url: '/v1/callbacks', headers })).toMatchObject({ statusCode: 418 });
  const [request] = received;
  expect(request?.headers).toMatchObject({ 'x-mine': 'yes' });
  expect(Object.keys(headers).filter((name) => request?.headers[name] !== undefined)).toEqual(['x-mine']);
});

it('knows the service of every route', async () => {
  for (const { path } of routes) await gateway.inject({ method: 'GET', url: path.replace(':id', 'x').replace('*', 'x/y') });
  expect(received.map(({ by }) => by)).toEqual(routes.map(({ upstream: by }) => by));
  await gateway.inject({ method: 'POST', url: '/v1/deliveries/dlv_1/resend' });
  expect(received.at(-1)).toMatchObject({ by: 'attempt-log', line: 'POST /v1/deliveries/dlv_1/resend' });
});

it.each([
  '/v1/callbacks/../../metrics',
  '/v1/callbacks/%2e%2e/%2E%2e/metrics',
  '/v1/callbacks/..\\..\\metrics',
  '/v1//../metrics',
  '//localhost/v1/tenants',
  '/metrics',
  '/v1/lost',
])('serves no route at %s', async (path) => {
  // `inject` would normalize the path.
  const { port } = gateway.server.address() as AddressInfo;
  const response = await new Promise<IncomingMessage>((resolve, reject) => get({ host: '127.0.0.1', port, path, agent: false }, resolve).on('error', reject));
  response.resume();
  expect(response.statusCode).toBe(404);
  expect(received).toEqual([]);
});

it('answers 503 when the service behind it is away', async () => {
  const away = await open({ 'config-service': 'http://127.0.0.1:1', 'attempt-log': 'http://127.0.0.1:1' });
  const response = await away.inject({ method: 'GET', url: '/v1/tenants' });
  expect(response).toMatchObject({ statusCode: 503, headers: { 'content-type': 'application/problem+json; charset=utf-8' } });
  expect(response.json()).toMatchObject({ code: 'unavailable', status: 503 });
  await away.close();
});

/** The service behind keeps each request until the test answers it. */
async function slow() {
  const waiting: ServerResponse[] = [];
  let isQuick = false;
  const server = createServer((request, response) => {
    request.resume();
    if (isQuick) response.end('{}');
    else waiting.push(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const app = await open({ 'config-service': origin, 'attempt-log': origin });
  const { port } = app.server.address() as AddressInfo;
  const until = async (count: number): Promise<void> => {
    while (waiting.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  /** Those that wait, and at once those that come. */
  const answerAll = (): void => {
    isQuick = true;
    for (const response of waiting.splice(0)) response.end('{}');
  };
  return { app, port, until, answerAll, close: () => (answerAll(), app.close()) };
}

const STATUS_OF_REFUSED = 429;

it('leaves others room whatever number of requests of one tenant are under way, or of strangers', async () => {
  const { app, until, answerAll, close } = await slow();
  const ask = (authorization: string, url = '/v1/attempts'): Promise<number> => app.inject({ method: 'GET', url, headers: { authorization } }).then(({ statusCode }) => statusCode);
  const greedy = Array.from({ length: 200 }, (_, n) => ask(`Bearer greedy/key${n}`));
  const strangers = Array.from({ length: 200 }, () => ask('Bearer nobody'));
  await until(128 + 64);
  const modest = [ask('Bearer modest/key'), ask('Bearer /admin'), ask('Bearer greedy/key', '/v1/callbacks')];
  await until(128 + 64 + 3);
  answerAll();
  const statuses = async (asked: Promise<number>[]): Promise<number> => (await Promise.all(asked)).filter((status) => status === STATUS_OF_REFUSED).length;
  expect([await statuses(greedy), await statuses(strangers), await statuses(modest)]).toEqual([72, 136, 0]);
  expect(await ask('Bearer greedy/key')).toBe(200);
  await close();
});

it('counts a request whose caller has hung up as long as the service is at work on it', async () => {
  const { app, port, until, answerAll, close } = await slow();
  const ask = (): Promise<number> => app.inject({ method: 'GET', url: '/v1/attempts', headers: { authorization: 'Bearer greedy/key' } }).then(({ statusCode }) => statusCode);
  const asked = Array.from({ length: 128 }, () => get({ host: '127.0.0.1', port, path: '/v1/attempts', agent: false, headers: { authorization: 'Bearer greedy/key' } }).on('error', () => undefined));
  await until(128);
  await Promise.all(asked.map((request) => new Promise((resolve) => request.once('close', resolve).destroy())));
  expect(await ask()).toBe(STATUS_OF_REFUSED);
  answerAll();
  let status = await ask();
  for (; status === STATUS_OF_REFUSED; status = await ask()) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(status).toBe(200);
  await close();
});

it('refuses who sends too many before it reads what they send', async () => {
  const { port } = gateway.server.address() as AddressInfo;
  const headers = { authorization: 'Bearer acme/eager', 'content-type': 'application/json', 'content-length': '1000000' };
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, path: '/v1/callbacks', method: 'POST', agent: false, headers }, (response) => {
      request.destroy();
      resolve(response);
    }).on('error', reject);
    request.write('{');
  });
  expect(answer).toMatchObject({ statusCode: STATUS_OF_REFUSED, headers: { 'retry-after': '1' } });
  expect(received).toEqual([]);
});
