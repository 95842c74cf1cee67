import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Receiver, type Api } from '@nuncio/fixtures';
import { describe as describeApi, type Operation } from '../fleet/contract.js';
import { eventually } from '../fleet/eventually.js';
import { sharedFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

/** The roles that may call each route. */
const MAY: Readonly<Record<string, string>> = {
  'POST /v1/tenants': 'admin',
  'GET /v1/tenants': 'admin provider',
  'GET /v1/tenants/{id}': 'admin provider',
  'PATCH PUT DELETE /v1/tenants/{id}': 'admin',
  ...Object.fromEntries(['suspend', 'unsuspend'].map((move) => [`POST /v1/tenants/{id}/${move}`, 'admin provider'])),
  'GET POST /v1/api-keys': 'admin owner',
  'GET PATCH DELETE /v1/api-keys/{id}': 'admin owner',
  'POST DELETE /v1/portal-sessions': 'admin consumer',
  // A viewer's portal session may end itself.
  'DELETE /v1/portal-sessions/{id}': 'admin consumer viewer',
  'POST /v1/event-types': 'admin provider',
  'PUT /v1/event-types/{name}': 'admin provider',
  'GET /v1/event-types': 'admin provider publisher consumer viewer',
  'GET /v1/event-types/{name}': 'admin provider publisher consumer viewer',
  'PATCH PUT DELETE /v1/event-types/{name}': 'admin provider',
  'POST /v1/events/try-filter': 'admin provider consumer viewer',
  ...Object.fromEntries(['applications', 'credentials', 'callbacks', 'subscriptions'].map((name) => [`POST /v1/${name}`, 'admin consumer'])),
  ...Object.fromEntries(['applications', 'credentials', 'callbacks'].map((name) => [`PATCH PUT DELETE /v1/${name}/{id}`, 'admin consumer'])),
  'PATCH PUT /v1/subscriptions/{id}': 'admin consumer',
  'DELETE /v1/subscriptions/{id}': 'admin provider consumer',
  'POST /v1/credentials/{id}/test': 'admin consumer',
  'POST /v1/callbacks/{id}/test': 'admin consumer',
  'POST /v1/subscriptions/{id}/test': 'admin consumer',
  'POST /v1/callbacks/{id}/rotate-secret': 'admin consumer',
  'POST /v1/callbacks/{id}/recover': 'admin consumer',
  ...Object.fromEntries(['verify', 'submit', 'activate', 'deactivate', 'unblock'].map((move) => [`POST /v1/subscriptions/{id}/${move}`, 'admin consumer'])),
  ...Object.fromEntries(['approve', 'reject', 'suspend', 'unsuspend'].map((move) => [`POST /v1/subscriptions/{id}/${move}`, 'admin provider'])),
  'POST /v1/subscriptions/{id}/block': 'admin provider consumer',
  'POST /v1/events': 'admin publisher',
  ...Object.fromEntries(['deliveries/{id}/resend', 'deliveries/{id}/send-now', 'deliveries/{id}/cancel', 'deliveries/send-now', 'deliveries/cancel', 'callbacks/{id}/send-now'].map((path) => [`POST /v1/${path}`, 'admin provider consumer'])),
  'POST /v1/replays': 'admin provider consumer',
  ...Object.fromEntries(['applications', 'credentials', 'callbacks', 'profiles', 'subscriptions', 'events', 'deliveries', 'attempts', 'audit'].map((name) => [`GET /v1/${name}`, 'admin provider consumer viewer'])),
  ...Object.fromEntries(['applications', 'credentials', 'callbacks', 'subscriptions', 'events', 'deliveries', 'attempts', 'operations'].map((name) => [`GET /v1/${name}/{id}`, 'admin provider consumer viewer'])),
  ...Object.fromEntries(['credentials/{id}/health', 'callbacks/{id}/health', 'credentials/health', 'callbacks/health', 'stats', 'stats/token-requests', 'stats/authorization-servers', 'stats/top', 'stats/backlog', 'incidents', 'operations', 'attempts/stream', 'deliveries/stream', 'events/stream'].map((path) => [`GET /v1/${path}`, 'admin provider consumer viewer'])),
  ...Object.fromEntries(['pause', 'resume', 'cancel'].map((move) => [`POST /v1/operations/{id}/${move}`, 'admin provider consumer'])),
  'POST /v1/event-types/{name}/simulate': 'admin provider consumer viewer',
  'GET /v1/callbacks/{id}/subscriptions': 'admin provider consumer viewer',
  'GET /v1/events/{id}/payload': 'admin provider consumer viewer',
  'GET /v1/attempts/{id}/request': 'admin provider consumer viewer',
  'POST /v1/listeners': 'admin consumer',
  'DELETE /v1/listeners/{id}': 'admin consumer',
  'GET /v1/listeners/{id}/stream': 'admin consumer',
  'POST /v1/listeners/{id}/requests/{request}/answer': 'admin consumer',
  'GET /v1/fleet': 'admin',
  'GET /v1/me': 'admin provider publisher consumer viewer',
  ...Object.fromEntries(['quarantine', 'dead-letters'].flatMap((name) => [`GET /v1/${name}`, `GET /v1/${name}/{id}`, `GET /v1/${name}/{id}/payload`, `POST /v1/${name}/{id}/republish`].map((route) => [route, 'admin provider']))),
};
const EVERYBODY = ['admin', 'provider', 'owner', 'publisher', 'consumer', 'viewer'];
/** Callers without an API key. A portal session has a role, and its rights. */
const PORTAL = { 'portal consumer': 'consumer', 'portal viewer': 'viewer' } as const;
const CALLERS: Readonly<Record<string, string>> = { ...Object.fromEntries(EVERYBODY.map((role) => [role, role])), ...PORTAL };

interface Call {
  readonly method: string;
  readonly template: string;
  readonly roles: readonly string[];
  /** The roles in the OpenAPI document. */
  readonly described: readonly string[];
}

describe('every route', () => {
  const { api, cluster } = sharedFleet();
  let receiver: Receiver;
  let tenant: Tenant;
  let other: Tenant;
  const callers: Record<string, Api> = {};
  /** One object of each kind, of the tenant and the group billing, by the name of its collection in a path. */
  const objects: Record<string, string> = {};
  let calls: Call[] = [];

  /** Those who were callers once. */
  const former: Record<string, Api> = {};
  let suspended: Api = api;

  const keyOf = async (role: string, of?: Tenant, groups: string[] = []): Promise<Api> => {
    const { id, key } = await api.post<{ id: string; key: string }>('/v1/api-keys', { name: role, role, ...(of && { tenant: of.id }), groups });
    if (of === tenant) objects['api-keys'] ??= id;
    return api.as(key);
  };

  beforeAll(async () => {
    receiver = await Receiver.start();
    tenant = await Tenant.create({ api, cluster });
    other = await Tenant.create({ api, cluster });
    for (const role of ['admin', 'provider']) callers[role] = await keyOf(role);
    for (const role of ['publisher', 'consumer', 'viewer']) callers[role] = await keyOf(role, tenant, ['billing']);
    callers.owner = await keyOf('owner', tenant);
    for (const [name, role] of Object.entries(PORTAL)) {
      const { token } = await api.post<{ token: string }>('/v1/portal-sessions', { tenant: tenant.id, role, groups: ['billing'], subject: name, origin: 'https://app.acme.com' });
      callers[name] = api.as(token);
    }
    callers['owner of another tenant'] = await keyOf('owner', other);
    callers['consumer of another group'] = await keyOf('consumer', tenant, ['sales']);
    callers['consumer of another tenant'] = await keyOf('consumer', other, ['billing']);
    callers['viewer of another tenant'] = await keyOf('viewer', other);

    const keyThat = async (more: object): Promise<{ id: string; key: string }> => api.post('/v1/api-keys', { name: 'former', role: 'consumer', tenant: tenant.id, ...more });
    const sessionOf = async (by: string, more: object = {}): Promise<Api> => api.as((await api.as(by).post<{ token: string }>('/v1/portal-sessions', { role: 'consumer', subject: 'former', origin: 'https://app.acme.com', ...more })).token);
    const revoked = await keyThat({});
    former['a key that was revoked'] = api.as(revoked.key);
    former['a portal session of a key that was revoked'] = await sessionOf(revoked.key);
    await api.delete(`/v1/api-keys/${revoked.id}`);
    former['a key that has ended'] = api.as((await keyThat({ expiresAt: new Date(Date.now() + 2_000).toISOString() })).key);
    former['a portal session that has ended'] = await sessionOf((await keyThat({})).key, { expiresInSeconds: 1 });
    const opened = await api.post<{ id: string; token: string }>('/v1/portal-sessions', { tenant: tenant.id, subject: 'former' });
    await api.delete(`/v1/portal-sessions/${opened.id}?tenant=${tenant.id}`);
    former['a portal session that was ended before its time'] = api.as(opened.token);
    const [gone, barred] = await Promise.all([Tenant.create({ api, cluster }), Tenant.create({ api, cluster })]);
    former['a key of a tenant that was deleted'] = await keyOf('consumer', gone);
    await api.delete(`/v1/tenants/${gone.id}`);
    suspended = await keyOf('consumer', barred);
    await api.post(`/v1/tenants/${barred.id}/suspend`, { reason: 'unpaid' });

    const mine = callers.consumer ?? api;
    const made = async (path: string, body: object): Promise<string> => (await mine.post<{ id: string }>(path, body)).id;
    objects.tenants = tenant.id;
    objects['event-types'] = tenant.eventType;
    objects.applications = await made('/v1/applications', { name: 'ledger' });
    objects.credentials = await made('/v1/credentials', { name: 'idp', tokenUrl: 'http://127.0.0.1:9/token', clientId: 'ledger', clientSecret: 'secret' });
    objects.callbacks = await made('/v1/callbacks', { name: 'ledger', url: receiver.url, application: objects.applications });
    objects.subscriptions = await made('/v1/subscriptions', { callback: objects.callbacks, eventTypes: [tenant.eventType], activate: true });
    await tenant.inForce();
    await tenant.publish([{ payload: '{}' }]);
    const [attempt] = await eventually(async () => {
      const attempts = await tenant.attempts();
      expect(attempts).toHaveLength(1);
      return attempts;
    });
    Object.assign(objects, { attempts: attempt?.id, deliveries: attempt?.delivery, events: attempt?.event });
    objects.operations = (await mine.post<{ operation: string }>('/v1/replays', { select: { callback: [objects.callbacks] } })).operation;

    const errand = { event: attempt?.event, eventAt: 1, subscriptions: [objects.subscriptions], number: 2, reason: 'retry', notBefore: 1, hop: 0, retriesUsed: 0, firstAttemptAt: 1, heldSince: null, holds: 0, position: null };
    const failure = { reason: 'http', detail: null, topic: `${cluster.topicPrefix}.events`, partition: 0, offset: '0' };
    const put = { key: tenant.id, value: 'x', headers: { ce_specversion: '1.0', ce_id: '1', ce_source: '/roles', ce_type: tenant.eventType, 'nuncio-errand': JSON.stringify({ ...errand, requestedBy: null }), 'nuncio-grave': JSON.stringify(failure) } };
    for (const name of ['quarantine', 'dead-letters']) {
      const [place] = await cluster.send(name, [put]);
      objects[name] = `${place?.partition ?? 0}-${place?.baseOffset ?? ''}`;
      await eventually(() => api.get(`/v1/${name}/${objects[name] ?? ''}`));
    }

    const { paths } = await describeApi(api.url);
    calls = Object.entries(paths).flatMap(([template, operations]) => Object.entries(operations).flatMap(([method, operation]) => callsOf(method.toUpperCase(), template, operation)));
  });
  afterAll(() => Promise.all([receiver.close(), cluster.close()]));

  /** The body of a PUT that changes nothing. */
  const whole = (name: string): object | undefined =>
    ({
      tenants: { id: tenant.id, name: tenant.id },
      applications: { name: 'ledger' },
      credentials: { name: 'idp', tokenUrl: 'http://127.0.0.1:9/token', clientId: 'ledger', clientSecret: 'secret' },
      callbacks: { name: 'ledger', url: receiver.url },
      subscriptions: { callback: objects.callbacks, eventTypes: [tenant.eventType] },
    })[name];

  /** The status and text of an answer, without the id in the request. */
  const ask = async (caller: Api, { method, template }: Call, id: string): Promise<{ status: number; text: string }> => {
    const put = method === 'PUT' ? { ...whole(template.split('/')[2] ?? '') } : {};
    const body = method === 'GET' || method === 'DELETE' ? undefined : template.endsWith('/recover') ? { since: '2026-01-01T00:00:00Z', dryRun: true } : put;
    const { status, body: answer } = await caller.call<unknown>(method, template.replace(/\{\w+\}/, id), body);
    return { status, text: JSON.stringify(answer).replaceAll(id, '…') };
  };
  /** The status of an answer to unknown credentials. The gateway limits their rate by address, and there are more routes than it admits in a second. */
  const askAsStranger = (caller: Api, call: Call): Promise<number> =>
    eventually(async () => {
      const { status } = await ask(caller, call, idFor(call));
      expect(status).not.toBe(429);
      return status;
    });
  const idFor = ({ template }: Call): string => objects[template.split('/')[2] ?? ''] ?? 'none';
  const absent = (call: Call): string => {
    const id = idFor(call);
    return id.replace(/[0-9a-z]{10}$/, '0123456789');
  };
  const hasId = ({ template }: Call): boolean => template.includes('{');

  it('has an expectation for every route, and no expectation without a route', () => {
    expect(calls.map(({ method, template }) => `${method} ${template}`).sort()).toEqual([...expected.keys()].sort());
  });

  it('is described with its roles, also if one route has many moves', () => {
    expect(calls.filter(({ roles, described }) => roles.some((role) => !described.includes(role)))).toEqual([]);
  });

  it('requires authentication', async () => {
    const faults: string[] = [];
    for (const call of calls) {
      const status = await askAsStranger(api.as('nuncio_guess'), call);
      if (status !== 401) faults.push(`${call.method} ${call.template}: ${status}`);
    }
    expect(faults).toEqual([]);
  });

  it('answers 401 on every route to a key or session that is revoked or has ended, or whose tenant is deleted', async () => {
    const [any] = calls;
    for (const caller of Object.values(former)) await eventually(async () => {
      expect(any && (await ask(caller, any, idFor(any))).status).toBe(401);
    });
    const faults: string[] = [];
    for (const call of calls)
      for (const [name, caller] of Object.entries(former)) {
        const status = await askAsStranger(caller, call);
        if (status !== 401) faults.push(`${name}: ${call.method} ${call.template}: ${status}`);
      }
    expect(faults).toEqual([]);
  });

  it('lets a suspended tenant read, and change nothing', async () => {
    const changes = calls.filter(({ method, roles }) => method !== 'GET' && roles.includes('consumer') && !roles.includes('viewer'));
    expect(changes.length).toBeGreaterThan(20);
    await eventually(async () => {
      expect(await suspended.call('POST', '/v1/applications', { name: 'x' })).toMatchObject({ status: 409, body: { code: 'suspended' } });
    });
    const faults: string[] = [];
    for (const call of changes) {
      const [theirs, nowhere] = await Promise.all([ask(suspended, call, idFor(call)), ask(suspended, call, absent(call))]);
      if (theirs.status !== 409 || !theirs.text.includes('"suspended"') || theirs.text !== nowhere.text) faults.push(`${call.method} ${call.template}: ${theirs.status} ${theirs.text}, of nothing ${nowhere.status}`);
    }
    expect(faults).toEqual([]);
    expect((await suspended.call('GET', '/v1/callbacks')).status).toBe(200);
  });

  it('refuses a role without the right, before anything is looked up', async () => {
    const faults: string[] = [];
    for (const call of calls)
      for (const role of Object.keys(CALLERS).filter((one) => !call.roles.includes(CALLERS[one] ?? ''))) {
        const caller = callers[role] ?? api;
        const [there, nowhere] = await Promise.all([ask(caller, call, idFor(call)), ask(caller, call, absent(call))]);
        if (there.status !== 403 || there.text !== nowhere.text) faults.push(`${role}: ${call.method} ${call.template}: ${there.status} ${there.text}, of nothing ${nowhere.status} ${nowhere.text}`);
      }
    expect(faults).toEqual([]);
  });

  it("answers for somebody else's resource as for a missing one, byte for byte", async () => {
    const faults: string[] = [];
    const owned = ['applications', 'credentials', 'callbacks', 'subscriptions', 'events', 'deliveries', 'attempts', 'operations', 'api-keys'];
    for (const call of calls.filter((one) => hasId(one) && owned.includes(one.template.split('/')[2] ?? '')))
      for (const [name, caller] of Object.entries(callers).filter(([one]) => one.includes(' ') && call.roles.includes(one.split(' ')[0] ?? ''))) {
        // The whole tenant may see an application; who may change it is tested below.
        if (name.endsWith('group') && call.template.startsWith('/v1/applications')) continue;
        const [theirs, nowhere] = await Promise.all([ask(caller, call, idFor(call)), ask(caller, call, absent(call))]);
        if (theirs.status !== 404 || theirs.text !== nowhere.text) faults.push(`${name}: ${call.method} ${call.template}: ${theirs.status} ${theirs.text}, of nothing ${nowhere.status} ${nowhere.text}`);
      }
    expect(faults).toEqual([]);
  });

  it('allows the roles that have the right, and the owner', async () => {
    const faults: string[] = [];
    // A stream has no end, and a payload is no JSON.
    for (const call of calls.filter(({ method, template }) => method !== 'DELETE' && !/\/(payload|stream)$/.test(template)).toSorted((a, b) => (a.method < b.method ? -1 : 1)))
      for (const role of Object.keys(CALLERS).filter((one) => call.roles.includes(CALLERS[one] ?? ''))) {
        // A session is made with a key, never with another session.
        if (role in PORTAL && call.template === '/v1/portal-sessions') continue;
        // Depending on what was done before, a call may succeed or conflict. This test is about access only.
        const { status } = await ask(callers[role] ?? api, call, idFor(call));
        if (call.method === 'GET' ? status !== 200 : [401, 403, 404].includes(status) || status >= 500) faults.push(`${role}: ${call.method} ${call.template}: ${status}`);
      }
    expect(faults).toEqual([]);
  });

  it('finds nothing of others, either, that a body or a filter names', async () => {
    const named = (kind: string, id: string): [string, string, object?][] => [
      ['GET', `/v1/callbacks?application=${id}`],
      ['GET', `/v1/subscriptions?callback=${id}`],
      ...['callback', 'subscription', 'event', 'delivery', 'application'].map((filter): [string, string] => ['GET', `/v1/attempts?${filter}=${id}`]),
      ['GET', `/v1/deliveries?event=${id}`],
      ['GET', `/v1/audit?id=${id}`],
      ['GET', `/v1/stats?callback=${id}`],
      ['POST', '/v1/subscriptions', { callback: id, eventTypes: [tenant.eventType] }],
      ['POST', '/v1/callbacks', { name: `${kind}-${id}`, url: receiver.url, authentication: { type: 'oauth2', credential: id } }],
      ['POST', '/v1/replays', { select: { callback: id }, dryRun: true }],
      ['POST', '/v1/replays', { select: { events: { eventType: tenant.eventType }, subscription: id }, dryRun: true }],
    ];
    const faults: string[] = [];
    for (const [name, caller] of Object.entries(callers).filter(([one]) => one.startsWith('consumer of')))
      for (const kind of ['credentials', 'callbacks', 'subscriptions', 'events', 'deliveries']) {
        const id = objects[kind] ?? '';
        const nothing = id.replace(/[0-9a-z]{10}$/, '0123456789');
        for (const [i, [method, path, body]] of named(kind, id).entries()) {
          const [, emptyPath = '', emptyBody] = named(kind, nothing)[i] ?? [];
          const [theirs, nowhere] = await Promise.all([caller.call(method, path, body), caller.call(method, emptyPath, emptyBody)]);
          if (theirs.status !== nowhere.status || JSON.stringify(theirs.body).replaceAll(id, '') !== JSON.stringify(nowhere.body).replaceAll(nothing, ''))
            faults.push(`${name}: ${method} ${path}: ${theirs.status} ${JSON.stringify(theirs.body)}, of nothing ${nowhere.status} ${JSON.stringify(nowhere.body)}`);
        }
      }
    expect(faults).toEqual([]);
  });

  it('lets nobody change an application in which others have callbacks, and names none of these', async () => {
    const sales = callers['consumer of another group'] ?? api;
    const path = `/v1/applications/${objects.applications ?? ''}`;
    expect((await sales.call('GET', path)).status).toBe(200);
    for (const [method, body] of [['PATCH', { name: 'mine' }], ['PATCH', {}], ['DELETE', undefined]] as const) {
      const refused = await sales.call(method, path, body);
      expect(refused).toMatchObject({ status: 403, body: { code: 'forbidden' } });
      expect(JSON.stringify(refused.body)).not.toMatch(/cb_/);
    }
    // With a callback of another group in it they may no longer change it.
    const { id } = await sales.post<{ id: string }>('/v1/callbacks', { name: randomUUID(), url: receiver.url, application: objects.applications });
    expect((await sales.call('PATCH', path, { name: 'mine' })).status).toBe(403);
    const owner = await (callers.consumer ?? api).call<{ detail: string }>('DELETE', path);
    expect(owner).toMatchObject({ status: 403 });
    expect((await sales.call('DELETE', `/v1/callbacks/${id}`)).status).toBe(204);
    expect((await (callers.consumer ?? api).call('PATCH', path, { name: 'ledger-2' })).status).toBe(200);
  });

  it('names in a refusal to delete only what the caller may see, and says that there is something else', async () => {
    const { key } = await api.post<{ key: string }>('/v1/api-keys', { name: 'both', role: 'consumer', tenant: tenant.id, groups: ['billing', 'sales'] });
    const both = api.as(key);
    const sales = callers['consumer of another group'] ?? api;
    const { id: credential } = await both.post<{ id: string }>('/v1/credentials', { name: 'shared', groups: ['billing', 'sales'], tokenUrl: 'http://127.0.0.1:9/token', clientId: 'c', clientSecret: 's' });
    const use = async (groups: string[]): Promise<string> => (await both.post<{ id: string }>('/v1/callbacks', { name: randomUUID(), url: receiver.url, groups, authentication: { type: 'oauth2', credential } })).id;
    const [theirs, own] = [await use(['billing']), await use(['sales'])];
    const { status, body } = await sales.call<{ detail: string }>('DELETE', `/v1/credentials/${credential}`);
    expect(status).toBe(409);
    expect(body.detail).toContain(own);
    expect(JSON.stringify(body)).not.toContain(theirs);
    await both.delete(`/v1/callbacks/${own}`);
    expect(await sales.call('DELETE', `/v1/credentials/${credential}`)).toMatchObject({ status: 409, body: { code: 'in-use', detail: expect.not.stringContaining('cb_') as unknown } });
  });

  it('makes no key that looks bound to a tenant and is not', async () => {
    for (const role of ['admin', 'provider']) expect(await api.call('POST', '/v1/api-keys', { name: role, role, tenant: tenant.id })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/tenant' }] } });
  });

  it('lets an owner make and revoke the keys of its tenant, none of which has more rights than its own, and see no others', async () => {
    const owner = callers.owner ?? api;
    const made = await owner.post<{ id: string; key: string; tenant: string }>('/v1/api-keys', { name: 'theirs', role: 'consumer', groups: ['sales'] });
    expect(made.tenant).toBe(tenant.id);
    expect(await api.as(made.key).get('/v1/me')).toMatchObject({ role: 'consumer', tenant: tenant.id, groups: ['sales'] });
    for (const role of ['admin', 'provider', 'publisher']) expect(await owner.call('POST', '/v1/api-keys', { name: role, role })).toMatchObject({ status: 403 });
    expect(await owner.call('POST', '/v1/api-keys', { name: 'viewer', role: 'viewer', tenant: other.id })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/tenant' }] } });
    expect(await api.call('POST', '/v1/api-keys', { name: 'owner', role: 'owner' })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/tenant' }] } });
    const seen = await owner.all<{ id: string; tenant: string | null }>('/v1/api-keys');
    expect(seen.map(({ id }) => id)).toContain(made.id);
    expect(new Set(seen.map(({ tenant: of }) => of))).toEqual(new Set([tenant.id]));
    expect(await owner.call('GET', `/v1/api-keys?tenant=${other.id}`)).toMatchObject({ status: 422 });
    // An owner may rename and label a key, but not change its rights.
    expect(await owner.call('PATCH', `/v1/api-keys/${made.id}`, { name: 'renamed', labels: { env: 'prod' } })).toMatchObject({ status: 200, body: { name: 'renamed', labels: { env: 'prod' }, role: 'consumer', groups: ['sales'] } });
    expect(await owner.call('PATCH', `/v1/api-keys/${made.id}`, { role: 'owner' })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/role' }] } });
    expect(await owner.get('/v1/api-keys?label.env=prod')).toMatchObject({ items: [{ id: made.id }] });
    // Only the administrator sees keys without a tenant.
    const { id: admins } = await api.get<{ id: string }>('/v1/me');
    for (const method of ['GET', 'PATCH', 'DELETE']) expect(await owner.call(method, `/v1/api-keys/${admins}`)).toMatchObject({ status: 404 });
    expect((await owner.call('DELETE', `/v1/api-keys/${made.id}`)).status).toBe(204);
    expect((await api.as(made.key).call('GET', '/v1/me')).status).toBe(401);
  });

  it('lets an owner manage the resources of any group of its tenant', async () => {
    const owner = callers.owner ?? api;
    const { id } = await (callers['consumer of another group'] ?? api).post<{ id: string }>('/v1/callbacks', { name: randomUUID(), url: receiver.url });
    expect(await owner.call('PATCH', `/v1/callbacks/${id}`, { groups: ['sales', 'support'] })).toMatchObject({ status: 200, body: { groups: ['sales', 'support'] } });
    expect((await owner.call('DELETE', `/v1/callbacks/${id}`)).status).toBe(204);
  });

  it("does not send a credential's token to the URL of a callback that somebody else may edit", async () => {
    const mine = callers.consumer ?? api;
    const { id } = await mine.post<{ id: string }>('/v1/callbacks', { name: randomUUID(), url: receiver.url, groups: ['billing'], authentication: { type: 'oauth2', credential: objects.credentials } });
    expect((await api.call('PATCH', `/v1/callbacks/${id}`, { groups: ['sales'] })).status).toBe(200);
    const theirs = callers['consumer of another group'] ?? api;
    expect(await theirs.call('PATCH', `/v1/callbacks/${id}`, { url: `${receiver.url}/mine` })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/authentication/credential' }] } });
    expect((await theirs.call('PATCH', `/v1/callbacks/${id}`, { timeoutMs: 2_000 })).status).toBe(200);
    expect(await theirs.call('PATCH', `/v1/callbacks/${id}`, { url: `${receiver.url}/mine`, authentication: null })).toMatchObject({ status: 200, body: { authentication: { type: 'none' } } });
  });
});

const expand = (key: string): string[] => {
  const words = key.split(' ');
  return words.slice(0, -1).map((method) => `${method} ${words.at(-1) ?? ''}`);
};

/** An owner may do what a consumer may. */
const withOwner = (roles: string[]): string[] => (roles.includes('consumer') && !roles.includes('owner') ? [...roles, 'owner'] : roles);

const expected = new Map(Object.entries(MAY).flatMap(([key, roles]) => expand(key).map((call) => [call, withOwner(roles.split(' '))] as const)));

/** One call for each move that the path can name. */
function callsOf(method: string, template: string, { security, parameters = [], 'x-roles': described = EVERYBODY }: Operation): Call[] {
  if (security?.length === 0) return [];
  const moves = parameters.find(({ name, in: where }) => where === 'path' && name === 'move')?.schema.enum;
  const templates = moves ? moves.map((move) => template.replace('{move}', move)) : [template];
  return templates.map((path) => ({ method, template: path, roles: expected.get(`${method} ${path}`) ?? [], described }));
}
