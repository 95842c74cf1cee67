import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Api } from '@nuncio/fixtures';
import type { Problem } from '../fleet/answers.js';
import { eventually } from '../fleet/eventually.js';
import { sharedFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

const ORIGIN = 'https://app.acme.com';

interface Opened {
  readonly id: string;
  readonly url?: string;
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

  /** The answers of all three services that a token reaches, each of which checks it for itself. */
  const everywhere = (session: Api): Promise<number[]> => Promise.all(['/v1/me', '/v1/callbacks', '/v1/deliveries'].map((path) => statusOf(session, 'GET', path)));
  const ALL = { in: [200, 200, 200], out: [401, 401, 401] };
  const becomes = (session: Api, expected: number[]) =>
    eventually(async () => {
      expect(await everywhere(session)).toEqual(expected);
    });

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
    await becomes(session, ALL.in);
    await api.delete(`/v1/api-keys/${id}`);
    await becomes(session, ALL.out);
  });

  it('ends everywhere by its id, in the middle of a stream, and no other session with it', async () => {
    const [mine, other] = [(await open(api)).body, (await open(api)).body];
    expect([mine.id, other.id]).toEqual([expect.stringMatching(/^ses_[0-9a-f]{32}$/), expect.not.stringMatching(mine.id)]);
    const stream = await fetch(`${api.url}/v1/attempts/stream`, { headers: { authorization: `Bearer ${mine.token}` } });
    expect(stream.status).toBe(200);
    expect(await statusOf(api, 'DELETE', `/v1/portal-sessions/${mine.id}?tenant=${tenant.id}`)).toBe(204);
    // The service that took the end knows it at once.
    expect(await statusOf(api.as(mine.token), 'GET', '/v1/callbacks')).toBe(401);
    await becomes(api.as(mine.token), ALL.out);
    await stream.text();
    expect(await everywhere(api.as(other.token))).toEqual(ALL.in);
    expect(await api.as(mine.token).call<Problem>('GET', '/v1/me')).toMatchObject({ body: { detail: 'The portal session was ended.' } });
    // Once more changes nothing.
    const ends = (): Promise<object[]> => api.all('/v1/audit', { kind: 'portal-sessions', tenant: tenant.id });
    const before = await ends();
    expect(await statusOf(api, 'DELETE', `/v1/portal-sessions/${mine.id}?tenant=${tenant.id}`)).toBe(204);
    expect(await ends()).toEqual(before);
    expect(before[0]).toMatchObject({ type: 'ended', id: tenant.id, changes: { session: mine.id, subject: null, key: null } });
  });

  it('ends with the others of its person, or of its tenant; one that is made afterwards is another one', async () => {
    const of = await Tenant.create(fleet);
    const [zoe, max] = [await as(api, { tenant: of.id }), await as(api, { tenant: of.id, subject: 'max' })];
    await Promise.all([zoe, max].map((one) => becomes(one, ALL.in)));
    expect(await statusOf(api, 'DELETE', `/v1/portal-sessions?tenant=${of.id}&subject=zoe`)).toBe(204);
    const again = await as(api, { tenant: of.id });
    await becomes(zoe, ALL.out);
    expect([await everywhere(max), await everywhere(again)]).toEqual([ALL.in, ALL.in]);
    expect(await statusOf(api, 'DELETE', `/v1/portal-sessions?tenant=${of.id}`)).toBe(204);
    await Promise.all([max, again].map((one) => becomes(one, ALL.out)));
  });

  it('can end itself, whatever it may do else, and nothing but itself', async () => {
    for (const role of ['consumer', 'viewer']) {
      const [{ id, token }, { id: other }] = [(await open(api, { role })).body, (await open(api, { role })).body];
      const session = api.as(token);
      for (const path of [`/v1/portal-sessions/${other}`, '/v1/portal-sessions', '/v1/portal-sessions?subject=zoe']) expect({ path, status: await statusOf(session, 'DELETE', path) }).toEqual({ path, status: 403 });
      expect(await everywhere(session)).toEqual(ALL.in);
      expect(await statusOf(session, 'DELETE', `/v1/portal-sessions/${id}`)).toBe(204);
      await becomes(session, ALL.out);
    }
  });

  it('is ended by an owner of its tenant, and by a consumer only if its key made it', async () => {
    const [{ key: mine }, { key: anothers }, { key: owner }, { key: strange }] = await Promise.all([keyOf('consumer', tenant), keyOf('consumer', tenant), keyOf('owner', tenant), keyOf('owner', other)]);
    await eventually(() => Promise.all([mine, anothers, owner, strange].map((key) => api.as(key).get('/v1/me'))));
    const { id, token } = (await open(api.as(mine))).body;
    const session = api.as(token);
    for (const key of [anothers, strange]) expect(await statusOf(api.as(key), 'DELETE', `/v1/portal-sessions/${id}`)).toBe(204);
    expect(await statusOf(api.as(anothers), 'DELETE', '/v1/portal-sessions')).toBe(204);
    expect(await statusOf(api.as(strange), 'DELETE', `/v1/portal-sessions/${id}?tenant=${tenant.id}`)).toBe(422);
    const { id: later, token: ofMine } = (await open(api.as(mine))).body;
    expect(await statusOf(api.as(owner), 'DELETE', `/v1/portal-sessions/${later}`)).toBe(204);
    // What was ended last is known everywhere, so all before it is.
    await becomes(api.as(ofMine), ALL.out);
    expect(await everywhere(session)).toEqual(ALL.in);
    expect(await statusOf(api.as(mine), 'DELETE', `/v1/portal-sessions/${id}`)).toBe(204);
    await becomes(session, ALL.out);
  });

  it('is a link without an origin, and is refused what is no locale, no id, no tenant', async () => {
    const { body } = await open(api, { origin: undefined, locale: 'de-AT' });
    expect(body.url).toBe(`${api.url}/portal/#token=${body.token}`);
    expect((await open(api)).body).not.toHaveProperty('url');
    expect(await open(api, { locale: 'german, please' })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/locale' }] } });
    expect(await statusOf(api, 'DELETE', `/v1/portal-sessions/${body.id}`)).toBe(422);
    expect(await statusOf(api, 'DELETE', `/v1/portal-sessions/none?tenant=${tenant.id}`)).toBe(404);
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
    const { jti } = JSON.parse(Buffer.from(session.key.split('.')[2] ?? '', 'base64url').toString()) as { jti: string };
    expect(await statusOf(session, 'DELETE', `/v1/portal-sessions/${jti}`)).toBe(204);
  });

  it('is shown once', async () => {
    const body = JSON.stringify({ tenant: tenant.id, subject: 'zoe' });
    const headers = { authorization: `Bearer ${api.key}`, 'content-type': 'application/json', 'idempotency-key': `portal-${tenant.id}` };
    const tokens = [];
    for (let i = 0; i < 2; i++) tokens.push((({ token, url }: Partial<Opened>) => [token, url])((await (await fetch(`${api.url}/v1/portal-sessions`, { method: 'POST', headers, body })).json()) as Partial<Opened>));
    expect(tokens).toEqual([[expect.stringMatching(/^nuncio_portal\./), expect.stringContaining('/portal/#token=')], [undefined, undefined]]);
  });
});
