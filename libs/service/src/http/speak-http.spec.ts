import { Readable } from 'node:stream';
import { afterAll, expect, it } from '@jest/globals';
import fastify from 'fastify';
import { acceptJsonAlone } from '../json-body.js';
import { requestIdOf } from './request-id.js';
import { speakHttp } from './speak-http.js';

let streamIsOpen = true;
const server = fastify({ genReqId: requestIdOf });
acceptJsonAlone(server);
speakHttp(server, 100);
server.setErrorHandler((error, _request, reply) => reply.status(400).send({ refused: (error as Error).message }));
server.get('/v1/things', () => ({ items: [] }));
server.post('/v1/things', (_request, reply) => reply.status(201).send({ id: 'a b' }));
server.get('/v1/things/:id', () => ({ id: '1', version: 7 }));
server.get('/v1/things/:id/own', () => 'mine');
server.get('/v1/stream', (_request, reply) =>
  reply.type('text/event-stream').send(
    new Readable({
      read: () => undefined,
      destroy: (_error, done) => {
        streamIsOpen = false;
        done(null);
      },
    }),
  ),
);
server.route({ method: ['GET', 'POST', 'OPTIONS'], url: '/v1/things/*', handler: () => 'another service' });

afterAll(() => server.close());

const ask = (method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS', url: string, headers: Record<string, string> = {}, payload?: Buffer | string) => server.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });

it('answers 405 with the allowed methods, and 404 if there is no such path', async () => {
  const refused = await ask('DELETE', '/v1/things');
  expect([refused.statusCode, refused.headers.allow, refused.json()]).toMatchObject([405, 'GET, HEAD, OPTIONS, POST', { code: 'method-not-allowed', requestId: refused.headers['x-request-id'] }]);
  expect((await ask('DELETE', '/v1/nothing')).statusCode).toBe(404);
});

it('answers OPTIONS with the methods, and forwards it if another service serves the path', async () => {
  expect(await ask('OPTIONS', '/v1/things')).toMatchObject({ statusCode: 204, headers: { allow: 'GET, HEAD, OPTIONS, POST' } });
  expect((await ask('OPTIONS', '/v1/things/1/else')).body).toBe('another service');
  expect(await ask('POST', '/v1/things/1/own')).toMatchObject({ statusCode: 405, headers: { allow: 'GET, HEAD, OPTIONS' } });
});

it('answers HEAD like GET, without the body, and keeps no stream open for it', async () => {
  const [get, head] = [await ask('GET', '/v1/things/1'), await ask('HEAD', '/v1/things/1')];
  expect([head.statusCode, head.body, head.headers.etag]).toEqual([200, '', get.headers.etag]);
  expect(await ask('HEAD', '/v1/stream')).toMatchObject({ statusCode: 200, body: '' });
  expect(streamIsOpen).toBe(false);
});

it('sends an ETag with every JSON answer, and 304 to a client that has it', async () => {
  expect((await ask('GET', '/v1/things/1')).headers.etag).toBe('"7"');
  const { etag = '' } = (await ask('GET', '/v1/things')).headers as { etag?: string };
  expect(etag).toMatch(/^W\/"[\w-]{22}"$/);
  for (const [url, known] of [['/v1/things/1', 'W/"3", "7"'], ['/v1/things/1', '*'], ['/v1/things', etag]] as const)
    expect(await ask('GET', url, { 'if-none-match': known })).toMatchObject({ statusCode: 304, body: '' });
  expect((await ask('GET', '/v1/things/1', { 'if-none-match': '"6"' })).statusCode).toBe(200);
});

it('sends the Location of a created resource', async () => {
  expect((await ask('POST', '/v1/things?x=1')).headers.location).toBe('/v1/things/a%20b');
});

it('lets no cache store an answer, and uses the request id that came with the request, if it may be in a log', async () => {
  const { headers } = await ask('GET', '/v1/things', { 'x-request-id': 'trace-1' });
  expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-request-id': 'trace-1' });
  expect((await ask('GET', '/v1/things', { 'x-request-id': 'a b"' })).headers['x-request-id']).toMatch(/^[\da-f-]{36}$/);
});

it.each(['?q=%ff', '?q=%C3%28', '?q=%'])('refuses a query that is not UTF-8: %s', async (query) => {
  expect((await ask('GET', `/v1/things${query}`)).json()).toMatchObject({ status: 400, code: 'malformed-request' });
});

it('refuses a body that is not UTF-8, which was altered silently', async () => {
  const headers = { 'content-type': 'application/json' };
  expect((await ask('POST', '/v1/things', headers, Buffer.from([0x22, 0xff, 0x22]))).json()).toEqual({ refused: 'The body is not UTF-8.' });
  expect((await ask('POST', '/v1/things', headers, '"ä"')).statusCode).toBe(201);
});
