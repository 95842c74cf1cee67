import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseKeyRing } from '@nuncio/sealing';
import { fastify, type FastifyInstance } from 'fastify';
import { cookieToAuthorization } from './cookie-to-authorization.js';
import { SESSION, startSession } from './session.js';

const ring = parseKeyRing(`k1:${Buffer.alloc(32, 1).toString('base64')}`);
const cookie = startSession(ring, 'Bearer mine', Date.now())[0]?.split(';', 1)[0] ?? '';

describe('a request with the session cookie', () => {
  let server: FastifyInstance;
  beforeEach(() => {
    server = fastify();
    server.addHook('onRequest', cookieToAuthorization(ring));
    server.post('/auth/logout', (_, reply) => reply.header('set-cookie', SESSION.clear).send({}));
    server.all('/v1/x', (request) => ({ authorization: request.headers.authorization ?? null, cookie: request.headers.cookie ?? null }));
  });
  afterEach(() => server.close());

  const call = async (method: 'GET' | 'POST', headers: Record<string, string>) => (await server.inject({ method, url: '/v1/x', headers })) as { statusCode: number; body: string };

  it('goes on with the Authorization that the session stands for, and without the cookie', async () => {
    const { body } = await call('GET', { cookie });
    expect(JSON.parse(body)).toEqual({ authorization: 'Bearer mine', cookie: null });
  });

  it('goes on with an Authorization that was sent beside it', async () => {
    const { body } = await call('POST', { cookie, authorization: 'Bearer other' });
    expect(JSON.parse(body)).toEqual({ authorization: 'Bearer other', cookie: null });
  });

  it.each<[string, Record<string, string>, number]>([
    ['the console', { 'x-nuncio-console': '1', 'sec-fetch-site': 'same-origin' }, 200],
    ['the console in a browser that does not tell', { 'x-nuncio-console': '1' }, 200],
    ['a form', { 'sec-fetch-site': 'same-origin' }, 403],
    ['another site', { 'x-nuncio-console': '1', 'sec-fetch-site': 'cross-site' }, 403],
    ['another host of this site', { 'x-nuncio-console': '1', 'sec-fetch-site': 'same-site' }, 403],
    ['a link that was typed', { 'x-nuncio-console': '1', 'sec-fetch-site': 'none' }, 403],
  ])('that changes something, from %s', async (_, headers, status) => {
    const { statusCode } = await call('POST', { cookie, ...headers });
    expect(statusCode).toBe(status);
  });

  it.each(['/auth/logout', '/%61uth/logout', '/auth/%6cogout?x'])('cannot be ended by a form of another site: %s', async (url) => {
    const post = (headers: Record<string, string>) => server.inject({ method: 'POST', url, headers });
    const other = await post({ origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' });
    expect([other.statusCode, other.headers['set-cookie']]).toEqual([403, undefined]);
    expect((await post({ 'x-nuncio-console': '1', 'sec-fetch-site': 'same-origin' })).statusCode).toBe(200);
  });
});
