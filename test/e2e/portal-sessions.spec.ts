import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Api } from '@nuncio/fixtures';
import type { Problem } from '../fleet/answers.js';
import { eventually } from '../fleet/eventually.js';
import { sharedFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

const ORIGIN = 'https://app.acme.com';

interface Opened {
  readonly token: string;
  readonly expiresAt: string;
  readonly tenant: string;
  readonly role: string;
  readonly groups: string[];
}

describe('a portal session', () => {
  const fleet = sharedFleet();
  const { api } = fleet;
  let tenant: Tenant;
  let other: Tenant;

  const keyOf = (role: string, of?: Tenant, groups: string[] = []) => api.post<{ id: string; key: string }>('/v1/api-keys', { name: role, role, ...(of && { tenant: of.id }), groups });
  const open = (by: Api, wish: object = {}) => by.call<Opened & Problem>('POST', '/v1/portal-sessions', { tenant: tenant.id, subject: 'zoe', origin: ORIGIN, ...wish });
  const as = async (by: Api, wish: object = {}): Promise<Api> => api.as((await open(by, wish)).body.token);
  const statusOf = async (by: Api, method: string, path: string, body?: object): Promise<number> => (await by.call(method, path, body)).status;

  beforeAll(async () => {
    [tenant, other] = await Promise.all([Tenant.create(fleet), Tenant.create(fleet)]);
  });

  it('belongs to one tenant, is at most a consumer, and lasts a quarter of an hour by default, at most an hour', async () => {
    const before = Date.now();
    const { status, body } = await open(api);
    expect({ status, body }).toMatchObject({ status: 201, body: { tenant: tenant.id, role: 'consumer', groups: [], token: expect.stringMatching(/^nuncio_portal\./) as unknown } });
    expect(Date.parse(body.expiresAt) - before).toBeGreaterThan(898_000);
    for (const [wish, pointer] of [
      [{ role: 'admin' }, '/role'],
      [{ role: 'provider' }, '/role'],
      [{ role: 'publisher' }, '/role'],
      [{ expiresInSeconds: 3_601 }, '/expiresInSeconds'],
      [{ tenant: 'nobody-has-this-id' }, '/tenant'],
      [{ tenant: undefined }, '/tenant'],
      [{ origin: `${ORIGIN}/path` }, '/origin'],
      [{ origin: '*' }, '/origin'],
      [{ subject: '' }, '/subject'],
    ] as const)
      expect({ wish, ...(await open(api, wish)) }).toMatchObject({ wish, status: 422, body: { errors: [{ pointer }] } });
  });

  it('reads and manages its tenant everywhere in the API, under its own name, and nothing of another tenant', async () => {
    const { id: theirs } = await api.post<{ id: string }>('/v1/callbacks', { tenant: other.id, name: 'theirs', url: 'http://127.0.0.1:9/in' });
    const session = await as(api);
    expect(await session.get('/v1/me')).toMatchObject({ id: 'portal:zoe', role: 'consumer', tenant: tenant.id, groups: [] });
    const { id } = await session.post<{ id: string }>('/v1/callbacks', { name: 'mine', url: 'http://127.0.0.1:9/in' });
    expect(await session.all('/v1/audit', { id })).toMatchObject([{ actor: 'portal:zoe', type: 'created' }]);
    for (const path of ['/v1/deliveries', '/v1/attempts', '/v1/stats', '/v1/event-types', `/v1/callbacks/${id}/health`]) expect({ path, status: await statusOf(session, 'GET', path) }).toEqual({ path, status: 200 });
    for (const path of [`/v1/callbacks/${theirs}`, `/v1/callbacks/${theirs}/health`]) expect({ path, status: await statusOf(session, 'GET', path) }).toEqual({ path, status: 404 });
    expect(await statusOf(session, 'GET', `/v1/callbacks?tenant=${other.id}`)).toBe(422);
    expect(await statusOf(session, 'POST', '/v1/callbacks', { tenant: other.id, name: 'hers', url: 'http://127.0.0.1:9/in' })).toBe(422);
    for (const [method, path] of [['GET', '/v1/tenants'], ['GET', '/v1/api-keys'], ['POST', '/v1/events'], ['GET', '/v1/quarantine'], ['POST', '/v1/event-types']] as const) expect({ path, status: await statusOf(session, method, path, method === 'POST' ? {} : undefined) }).toEqual({ path, status: 403 });
  });

  it('manages resources of its groups, and as a viewer reads its tenant and changes nothing', async () => {
    const { id } = await api.post<{ id: string }>('/v1/callbacks', { tenant: tenant.id, name: 'of sales', groups: ['sales'], url: 'http://127.0.0.1:9/in' });
    const reach = async (wish: object): Promise<number[]> => {
      const session = await as(api, wish);
      return [await statusOf(session, 'GET', `/v1/callbacks/${id}`), await statusOf(session, 'PATCH', `/v1/callbacks/${id}`, { timeoutMs: 5_000 })];
    };
    expect(await reach({ groups: ['billing'] })).toEqual([404, 404]);
    expect(await reach({ groups: ['sales'] })).toEqual([200, 200]);
    expect(await reach({ role: 'viewer' })).toEqual([200, 403]);
  });

  it('has no more rights than the key that makes it, whoever asks for whatever', async () => {
    const consumer = api.as((await keyOf('consumer', tenant, ['billing', 'sales'])).key);
    const wishes: [string, object, number][] = [
      ['its own tenant and groups', {}, 201],
      ['fewer groups', { groups: ['sales'] }, 201],
      ['no tenant named', { tenant: undefined }, 201],
      ['another group', { groups: ['sales', 'board'] }, 403],
      ['another tenant', { tenant: other.id }, 403],
      ['the whole tenant, to read', { role: 'viewer' }, 403],
    ];
    await eventually(() => consumer.get('/v1/me'));
    for (const [what, wish, expected] of wishes) expect({ what, status: (await open(consumer, wish)).status }).toEqual({ what, status: expected });
    expect((await open(consumer)).body.groups).toEqual(['billing', 'sales']);
    for (const [role, of] of [['viewer', tenant], ['publisher', tenant], ['provider', undefined]] as const) {
      const { key } = await keyOf(role, of);
      expect({ role, status: (await open(api.as(key))).status }).toEqual({ role, status: 403 });
    }
    expect(await open(await as(api))).toMatchObject({ status: 403, body: { detail: expect.stringContaining('API key') as unknown } });
  });

  it('ends everywhere when the key that made it is revoked', async () => {
    const { id, key } = await keyOf('admin');
    const session = await as(api.as(key));
    const everywhere = (): Promise<number[]> => Promise.all(['/v1/me', '/v1/callbacks', '/v1/deliveries'].map((path) => statusOf(session, 'GET', path)));
    await eventually(async () => {
      expect(await everywhere()).toEqual([200, 200, 200]);
    });
    await api.delete(`/v1/api-keys/${id}`);
    await eventually(async () => {
      expect(await everywhere()).toEqual([401, 401, 401]);
    });
  });

  it('is refused if its token would be too long to be sent', async () => {
    const groups = (letter: string): string[] => Array.from({ length: 50 }, (_, i) => `${letter.repeat(98)}${String(i).padStart(2, '0')}`);
    const longest = await as(api, { groups: groups('x') });
    expect(await longest.get<{ groups: string[] }>('/v1/me')).toMatchObject({ groups: groups('x') });
    expect(await open(api, { groups: groups('界') })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/groups' }] } });
  });

  it('is separate from a session of the same name that another key made', async () => {
    const [billing, sales] = await Promise.all(['billing', 'sales'].map(async (group) => api.as((await keyOf('consumer', tenant, [group])).key)));
    await eventually(() => Promise.all([billing?.get('/v1/me'), sales?.get('/v1/me')]));
    const [zoe, impostor] = await Promise.all([as(billing!), as(sales!)]);
    const key = { 'idempotency-key': `name-${tenant.id}` };
    const body = { name: 'of billing', url: 'http://127.0.0.1:9/in' };
    const made = await zoe.call<{ id: string }>('POST', '/v1/callbacks', body, key);
    const again = await impostor.call<{ id: string }>('POST', '/v1/callbacks', { ...body, name: 'of billing' }, key);
    expect(made.status).toBe(201);
    expect(JSON.stringify(again.body)).not.toContain(made.body.id);
    const { id } = await zoe.post<{ id: string }>('/v1/listeners');
    expect(await statusOf(impostor, 'DELETE', `/v1/listeners/${id}`)).toBe(404);
    expect(await statusOf(zoe, 'DELETE', `/v1/listeners/${id}`)).toBe(204);
  });

  it('ends in the middle of a stream when it expires', async () => {
    const { token } = (await open(api, { expiresInSeconds: 10 })).body;
    const answer = await fetch(`${api.url}/v1/attempts/stream`, { headers: { authorization: `Bearer ${token}` }, signal: AbortSignal.timeout(60_000) });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('heartbeat');
    expect(await statusOf(api.as(token), 'GET', '/v1/me')).toBe(401);
  });

  it('can only read while its tenant is suspended', async () => {
    const session = await as(api, { tenant: other.id });
    await api.post(`/v1/tenants/${other.id}/suspend`, {});
    expect(await statusOf(session, 'GET', '/v1/callbacks')).toBe(200);
    expect(await statusOf(session, 'POST', '/v1/callbacks', { name: 'late', url: 'http://127.0.0.1:9/in' })).toBe(409);
  });

  it('is shown once', async () => {
    const body = JSON.stringify({ tenant: tenant.id, subject: 'zoe', origin: ORIGIN });
    const headers = { authorization: `Bearer ${api.key}`, 'content-type': 'application/json', 'idempotency-key': `portal-${tenant.id}` };
    const tokens = [];
    for (let i = 0; i < 2; i++) tokens.push(((await (await fetch(`${api.url}/v1/portal-sessions`, { method: 'POST', headers, body })).json()) as Partial<Opened>).token);
    expect(tokens).toEqual([expect.stringMatching(/^nuncio_portal\./), undefined]);
  });
});
