import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { Problem } from '../fleet/answers.js';
import { sharedFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

describe('what the API refuses', () => {
  const { api } = sharedFleet();

  it('is reported as problem+json, with all faults at once and a pointer to each', async () => {
    const tenant = await Tenant.create(sharedFleet());
    const { status, contentType, body } = await api.call<Problem>('POST', '/v1/callbacks', {
      tenant: tenant.id,
      url: 'ftp://user@localhost/#x',
      method: 'GET',
      profile: 'stripe',
      timeoutMs: 5,
      retry: { delaysSeconds: [0.5], jitter: 0 },
      limits: { concurrency: 1_000 },
      retries: 7,
    });
    expect([status, contentType]).toEqual([422, expect.stringMatching(/^application\/problem\+json/)]);
    expect(body).toMatchObject({ type: expect.any(String), title: expect.any(String), status: 422, detail: expect.any(String), code: expect.any(String) });
    const pointers = body.errors?.map(({ pointer }) => pointer);
    for (const pointer of ['/name', '/url', '/method', '/profile', '/timeoutMs', '/retry/delaysSeconds/0', '/limits/concurrency', '/retries']) expect(pointers).toContain(pointer);
    for (const error of body.errors ?? []) expect(error).toMatchObject({ code: expect.stringMatching(/./), detail: expect.stringMatching(/./) });
    // Words of a library say what it found, and not what to send.
    expect(JSON.stringify(body)).not.toMatch(/invalid input|expected|received|undefined|NaN|too small|too big/i);
  });

  it('is a parameter that a change does not know: an event that was published with dryRun went out', async () => {
    const tenant = await Tenant.create(sharedFleet());
    const published = await api.call<Problem>('POST', '/v1/events?dryRun=true', '{}', { 'ce-type': tenant.eventType, 'ce-tenant': tenant.id });
    expect(published).toMatchObject({ status: 422, body: { errors: [{ pointer: '/dryRun', code: 'unknown-field' }] } });
    const recovered = await api.call<Problem>('POST', '/v1/callbacks/cb_none/recover?dryRun=true', { since: '2026-01-01T00:00:00Z' });
    expect(recovered).toMatchObject({ status: 422, body: { errors: [{ pointer: '/dryRun', detail: expect.stringContaining('a field of the body') }] } });
  });

  it('names the attribute that an event lacks, and the header that it is over HTTP', async () => {
    const { body } = await api.call<Problem>('POST', '/v1/events', '{}', {});
    expect(body.errors).toEqual([{ pointer: '/type', code: 'missing-attribute', detail: expect.stringContaining('header ce-type') }]);
  });

  it.each([
    ['malformed JSON', 400, 'POST', '/v1/tenants', '{"id":', {}],
    ['another media type', 415, 'POST', '/v1/tenants', 'id=x', { 'content-type': 'text/plain' }],
    ['a body over 1 MiB', 413, 'POST', '/v1/tenants', JSON.stringify({ id: 'x', name: 'x'.repeat(1_100_000) }), {}],
    ['a path that is badly encoded', 400, 'GET', '/v1/callbacks/%ZZ', undefined, {}],
    ['a path that is too long', 404, 'GET', `/v1/callbacks/${'x'.repeat(2_000)}`, undefined, {}],
    ['a URL over 16 KiB', 431, 'GET', `/v1/attempts?tenant=${'x'.repeat(20_000)}`, undefined, {}],
    ['what is not there', 404, 'GET', '/v1/callbacks/cb_none', undefined, {}],
    ['no such path', 404, 'GET', '/v1/nonsense', undefined, {}],
    ['a wrong key', 401, 'GET', '/v1/callbacks', undefined, { authorization: 'Bearer guess' }],
    ['a text with NUL', 422, 'POST', '/v1/tenants', '{"id":"x","name":"\\u0000"}', {}],
    ['half of a surrogate pair', 422, 'POST', '/v1/event-types', '{"name":"x","schema":{"const":"\\ud800"}}', {}],
    ['what is nested without end', 422, 'POST', '/v1/tenants', `{"id":"x","name":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, { 'idempotency-key': 'deep' }],
    ['no body where there should be one', 422, 'POST', '/v1/tenants', '', {}],
    ['an Idempotency-Key with spaces, at a service that keeps none', 422, 'POST', '/v1/listeners', undefined, { 'idempotency-key': 'a key' }],
    ['an Idempotency-Key with spaces, at one that does', 422, 'POST', '/v1/tenants', '{}', { 'idempotency-key': 'a key' }],
    ['an unknown filter', 422, 'GET', '/v1/attempts?colour=red', undefined, {}],
  ] as const)('%s is answered %i as problem+json', async (_, expected, method, path, body, headers) => {
    const answer = await api.call<Problem>(method, path, body, headers);
    expect([answer.status, answer.contentType]).toEqual([expected, expect.stringMatching(/^application\/problem\+json/)]);
    expect(answer.body).toMatchObject({ status: expected, title: expect.any(String), detail: expect.any(String), code: expect.any(String) });
  });

  it('does not include a missing body where none is needed, whatever its media type', async () => {
    const id = `empty.${randomUUID().slice(0, 8)}`;
    await api.post('/v1/event-types', { name: id });
    expect(await api.call('DELETE', `/v1/event-types/${id}`, '')).toMatchObject({ status: 204 });
  });

  it("is the same for somebody else's resource as for a missing one, and 403 for a role that may not", async () => {
    const fleet = sharedFleet();
    const [mine, theirs] = [await Tenant.create(fleet), await Tenant.create(fleet)];
    const { id } = await api.post<{ id: string }>('/v1/callbacks', { tenant: theirs.id, name: 'theirs', url: 'http://127.0.0.1:9/hooks' });
    const { key } = await api.post<{ key: string }>('/v1/api-keys', { name: 'mine', role: 'consumer', tenant: mine.id });
    const as = { authorization: `Bearer ${key}` };
    const notMine = await api.call<Problem>('GET', `/v1/callbacks/${id}`, undefined, as);
    const notThere = await api.call<Problem>('GET', `/v1/callbacks/cb_${'0'.repeat(id.length - 3)}`, undefined, as);
    expect(notMine.status).toBe(404);
    expect(JSON.stringify(notMine.body).replaceAll(id, '')).toBe(JSON.stringify(notThere.body).replaceAll(`cb_${'0'.repeat(id.length - 3)}`, ''));
    expect((await api.call('POST', '/v1/tenants', { id: 'nope', name: 'nope' }, as)).status).toBe(403);
  });
});
