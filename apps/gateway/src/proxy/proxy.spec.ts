import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import fastify, { type FastifyInstance } from 'fastify';
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

const open = async (origins: { 'config-service': string; 'attempt-log': string }): Promise<FastifyInstance> => {
  const app = fastify();
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body);
  });
  void app.register(proxy(origins, { position: 7, waitFor: () => Promise.resolve(true) }));
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
