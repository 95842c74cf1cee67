import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { sharedFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

describe('the public origin speaks HTTP as people expect it', () => {
  const { api } = sharedFleet();
  const ask = (method: string, path: string, headers: Record<string, string> = {}, body?: string, key = api.key): Promise<Response> =>
    fetch(api.url + path, { method, headers: { authorization: `Bearer ${key}`, ...headers }, ...(body === undefined ? {} : { body }) });

  it.each([
    ['PUT', '/v1/api-keys', 'GET, HEAD, OPTIONS, POST'],
    ['DELETE', '/v1/events', 'GET, HEAD, OPTIONS, POST'],
    ['POST', '/v1/credentials/cred_1/jwks.json', 'GET, HEAD, OPTIONS'],
    ['POST', '/v1/credentials/cred_1/health', 'GET, HEAD, OPTIONS'],
    ['POST', '/v1/attempts', 'GET, HEAD, OPTIONS'],
    ['GET', '/v1/replays', 'OPTIONS, POST'],
  ])('%s %s is 405, and OPTIONS is answered, by any service', async (method, path, allow) => {
    const [refused, options] = await Promise.all([ask(method, path), ask('OPTIONS', path)]);
    expect([refused.status, refused.headers.get('allow'), options.status, options.headers.get('allow')]).toEqual([405, allow, 204, allow]);
  });

  it('answers HEAD and 304, names every request, and lets nothing be cached', async () => {
    const tenant = await Tenant.create(sharedFleet());
    for (const path of [`/v1/tenants/${tenant.id}`, `/v1/deliveries?tenant=${tenant.id}`]) {
      const [get, head] = await Promise.all([ask('GET', path, { 'x-request-id': 'mine' }), ask('HEAD', path)]);
      const etag = get.headers.get('etag') ?? '';
      expect([get.headers.get('x-request-id'), get.headers.get('cache-control'), head.status, head.headers.get('etag'), await head.text()]).toEqual(['mine', 'no-store', 200, etag, '']);
      expect(await ask('GET', path, { 'if-none-match': `"other", ${etag}` })).toMatchObject({ status: 304 });
    }
    const refused = await ask('GET', '/v1/callbacks/cb_none', { 'x-request-id': 'mine' });
    expect([refused.headers.get('x-request-id'), await refused.json()]).toEqual(['mine', expect.objectContaining({ requestId: 'mine' })]);
  });

  it('accepts a new key at once, for publishing and for the log, and sends the Location of what was created', async () => {
    const tenant = await Tenant.create(sharedFleet());
    const json = { 'content-type': 'application/json' };
    for (const role of ['publisher', 'viewer']) {
      const made = await ask('POST', '/v1/api-keys', json, JSON.stringify({ name: role, role, tenant: tenant.id }));
      const { id, key } = (await made.json()) as { id: string; key: string };
      expect([made.headers.get('location'), made.headers.get('nuncio-position')]).toEqual([`/v1/api-keys/${id}`, null]);
      const used = role === 'viewer' ? await ask('GET', '/v1/deliveries', {}, undefined, key) : await ask('POST', '/v1/events', { ...json, 'ce-type': tenant.eventType }, '{}', key);
      expect(used.status).toBe(role === 'viewer' ? 200 : 202);
    }
  });

  it('uses the Idempotency-Key of an event without an id as its id', async () => {
    const tenant = await Tenant.create(sharedFleet());
    const key = randomUUID();
    const publish = async (headers: Record<string, string>): Promise<unknown> => (await ask('POST', '/v1/events', { 'ce-type': tenant.eventType, 'ce-tenant': tenant.id, ...headers }, '{}')).json();
    const first = await publish({ 'idempotency-key': key });
    expect(first).toMatchObject({ ceId: key });
    expect(await publish({ 'idempotency-key': key })).toEqual(first);
    expect(await publish({ 'idempotency-key': key, 'ce-id': 'its-own' })).toMatchObject({ ceId: 'its-own' });
  });

  it('keeps nothing of a POST that reads or rehearses: its Idempotency-Key has no effect', async () => {
    const { paths } = (await (await fetch(`${api.url}/v1/openapi.json`)).json()) as { paths: Record<string, { post?: { 'x-roles'?: string[]; parameters?: { name: string }[] } }> };
    const posts = Object.entries(paths).flatMap(([path, { post }]) => (post?.['x-roles'] ? [{ path, reads: post['x-roles'].includes('viewer'), takesKey: post.parameters?.some(({ name }) => name === 'Idempotency-Key') ?? false }] : []));
    expect(posts.filter(({ reads, takesKey }) => reads === takesKey)).toEqual([]);
    const tenant = await Tenant.create(sharedFleet());
    const callback = await api.post<{ id: string }>('/v1/callbacks', { tenant: tenant.id, name: 'rehearsed', url: 'http://127.0.0.1:9/in' });
    const bodies: Record<string, (n: number) => [path: string, body: object]> = {
      '/v1/event-types/{name}/simulate': (n) => [`/v1/event-types/${tenant.eventType}/simulate`, { tenant: tenant.id, data: { n } }],
      '/v1/events/try-filter': (n) => ['/v1/events/try-filter', { eventTypes: [tenant.eventType], filter: { exact: { '/data/n': n } } }],
    };
    expect(Object.keys(bodies).sort()).toEqual(posts.flatMap(({ path, reads }) => (reads ? [path] : [])).sort());
    const recover = (n: number): [string, object] => [`/v1/callbacks/${callback.id}/recover`, { since: `2026-01-0${n}T00:00:00Z`, dryRun: true }];
    for (const call of [...Object.values(bodies), recover]) {
      const key = { 'content-type': 'application/json', 'idempotency-key': randomUUID() };
      for (const n of [1, 1, 2]) {
        const [path, body] = call(n);
        const answer = await ask('POST', path, key, JSON.stringify(body));
        expect([path, answer.status, answer.headers.get('idempotency-replayed')]).toEqual([path, 200, null]);
      }
    }
    // What it rehearsed may be done with the same key.
    const key = { 'idempotency-key': randomUUID() };
    const [path, rehearsal] = recover(1);
    expect((await api.call('POST', path, rehearsal, key)).status).toBe(200);
    expect((await api.call('POST', path, { ...rehearsal, dryRun: false }, key)).status).toBe(202);
  });

  it('refuses the mask of a secret, wherever it is sent', async () => {
    const tenant = await Tenant.create(sharedFleet());
    const callback = await api.post<{ id: string }>('/v1/callbacks', { tenant: tenant.id, name: 'masked', url: 'http://127.0.0.1:9/in', secretHeaders: { 'X-Gate': 'open', 'X-Other': 'b' } });
    const path = `/v1/callbacks/${callback.id}`;
    expect(await api.call('PATCH', path, { secretHeaders: { 'X-Gate': '<redacted>' }, signing: { secret: '<redacted>' } })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/secretHeaders/X-Gate', code: 'redacted' }, { pointer: '/signing/secret' }] } });
    expect(await api.patch(path, { secretHeaders: { 'X-Gate': null } })).toMatchObject({ secretHeaders: { 'X-Other': '<redacted>' } });
  });
});
