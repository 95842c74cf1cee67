import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Receiver, type Api } from '@nuncio/fixtures';
import type { Problem } from '../fleet/answers.js';
import { eventually } from '../fleet/eventually.js';
import { sharedFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

interface Thing extends Record<string, unknown> {
  readonly id: string;
  readonly version: number;
}
interface Rehearsal {
  readonly action: string;
  readonly id: string | null;
  readonly changes: { pointer: string; before: unknown; after: unknown }[];
  readonly effects: object;
}

describe('an external id', () => {
  const { api, cluster } = sharedFleet();
  let receiver: Receiver;
  let tenant: Tenant;
  let other: Tenant;
  let mine: Api;
  let theirs: Api;
  let sales: Api;

  const keyOf = async (of: Tenant, groups: string[]): Promise<Api> => api.as((await api.post<{ key: string }>('/v1/api-keys', { name: 'consumer', role: 'consumer', tenant: of.id, groups })).key);
  const put = async <T = Thing>(caller: Api, path: string, body: object) => caller.call<T>('PUT', path, body);

  beforeAll(async () => {
    receiver = await Receiver.start();
    tenant = await Tenant.create({ api, cluster });
    other = await Tenant.create({ api, cluster });
    mine = await keyOf(tenant, ['billing']);
    sales = await keyOf(tenant, ['sales']);
    theirs = await keyOf(other, ['billing']);
  });
  afterAll(() => Promise.all([receiver.close(), cluster.close()]));

  it('can be used wherever an id can: in every path, body and filter, of configuration and of the log', async () => {
    const application = await mine.post<Thing>('/v1/applications', { name: 'books', externalId: 'app/1'.replace('/', ':') });
    const credential = await mine.post<Thing>('/v1/credentials', { name: 'idp', externalId: 'idp', tokenUrl: 'http://127.0.0.1:9/token', clientId: 'a', clientSecret: 's' });
    const callback = await mine.post<Thing>('/v1/callbacks', { name: 'ledger', externalId: 'Ledger #1', url: receiver.url, application: 'ext:app:1' });
    expect(callback).toMatchObject({ application: application.id, externalId: 'Ledger #1', labels: {} });
    const subscription = await mine.post<Thing>('/v1/subscriptions', { externalId: 'orders', callback: 'ext:Ledger #1', eventTypes: [tenant.eventType], activate: true });
    expect(subscription).toMatchObject({ callback: callback.id, state: 'activated', externalId: 'orders' });

    const id = encodeURIComponent('ext:Ledger #1');
    for (const [path, thing] of [[`/v1/callbacks/${id}`, callback], ['/v1/applications/ext:app:1', application], ['/v1/credentials/ext:idp', credential], ['/v1/subscriptions/ext:orders', subscription]] as const)
      expect(await mine.get<Thing>(path)).toMatchObject({ id: thing.id });
    expect(await mine.patch<Thing>(`/v1/callbacks/${id}`, { authentication: { type: 'oauth2', credential: 'ext:idp' } })).toMatchObject({ authentication: { credential: credential.id } });
    await mine.patch(`/v1/callbacks/${id}`, { authentication: null });
    expect((await mine.get<{ items: Thing[] }>(`/v1/subscriptions?callback=${id}`)).items).toMatchObject([{ id: subscription.id }]);
    expect((await mine.get<{ items: Thing[] }>(`/v1/callbacks/${id}/subscriptions`)).items).toMatchObject([{ id: subscription.id }]);
    expect(await mine.post(`/v1/callbacks/${id}/test`)).toMatchObject({ ok: true });
    expect(await mine.get(`/v1/callbacks/${id}/health`)).toMatchObject({ callback: callback.id });

    await tenant.inForce();
    await tenant.publish([{ payload: '{}' }]);
    await eventually(async () => {
      for (const filter of [`callback=${id}`, 'subscription=ext:orders', 'application=ext:app:1'])
        for (const list of ['attempts', 'deliveries']) expect((await mine.get<{ items: Thing[] }>(`/v1/${list}?${filter}`)).items).toMatchObject([{ callback: callback.id }]);
    });
    expect(await mine.post('/v1/replays', { select: { callback: 'ext:Ledger #1' }, dryRun: true })).toMatchObject({ count: 1 });
    expect(await mine.post('/v1/replays', { select: { events: { eventType: tenant.eventType }, subscription: 'ext:orders' }, dryRun: true })).toMatchObject({ count: 1 });
    expect(await mine.post(`/v1/callbacks/${id}/recover`, { since: '2026-01-01T00:00:00Z', dryRun: true })).toMatchObject({ count: 0 });
    expect(await mine.post<Thing>('/v1/subscriptions/ext:orders/deactivate')).toMatchObject({ id: subscription.id, state: 'deactivated' });
  });

  it('is accepted by every field and filter that is named after the resource', async () => {
    const { paths } = await api.get<{ paths: Record<string, Record<string, { parameters?: { in: string; name: string; schema: object }[]; requestBody?: object }>> }>('/v1/openapi.json');
    const kinds = ['tenant', 'application', 'credential', 'callback', 'subscription'];
    const bare: string[] = [];
    const look = (name: string, schema: object, at: string): void => {
      const isText = JSON.stringify(schema).includes('"type":"string"');
      if (kinds.includes(name) && isText && !JSON.stringify(schema).includes(`"x-reference":"${name}"`)) bare.push(`${at} ${name}`);
    };
    const walk = (node: unknown, at: string): void => {
      if (typeof node !== 'object' || node === null) return;
      if ('properties' in node) for (const [name, schema] of Object.entries(node.properties as Record<string, object>)) look(name, schema, at);
      for (const inner of Object.values(node)) walk(inner, at);
    };
    for (const [path, operations] of Object.entries(paths))
      for (const [method, { parameters = [], requestBody }] of Object.entries(operations)) {
        for (const { in: where, name, schema } of parameters) if (where === 'query') look(name, schema, `${method} ${path}`);
        // An event's tenant is a CloudEvents attribute, and Kafka carries it unchanged, so it is no reference.
        if (path !== '/v1/events') walk(requestBody, `${method} ${path}`);
      }
    expect(bare).toEqual([]);
  });

  it("is unique within a tenant: another tenant may have the same one, and only callers without a tenant have to name the tenant", async () => {
    const [a, b] = await Promise.all([mine, theirs].map((caller) => caller.post<Thing>('/v1/callbacks', { name: 'shared', externalId: 'shared', url: receiver.url })));
    expect(await mine.get<Thing>('/v1/callbacks/ext:shared')).toMatchObject({ id: a?.id });
    expect(await theirs.get<Thing>('/v1/callbacks/ext:shared')).toMatchObject({ id: b?.id });
    expect(await api.call('GET', '/v1/callbacks/ext:shared')).toMatchObject({ status: 422, body: { errors: [{ code: 'ambiguous' }] } });
    expect(await api.get<Thing>(`/v1/callbacks/ext:shared?tenant=${other.id}`)).toMatchObject({ id: b?.id });
    expect(await api.post<Thing>('/v1/subscriptions', { tenant: tenant.id, callback: 'ext:shared', eventTypes: [tenant.eventType] })).toMatchObject({ callback: a?.id });
    expect(await api.get<{ items: Thing[] }>(`/v1/subscriptions?tenant=${tenant.id}&callback=ext:shared`)).toMatchObject({ items: [{ callback: a?.id }] });
  });

  it("of somebody else's resource is answered like one that does not exist, byte for byte", async () => {
    await mine.post<Thing>('/v1/callbacks', { name: 'hidden', externalId: 'hidden-1', url: receiver.url, groups: ['billing'] });
    for (const caller of [sales, theirs])
      for (const [method, path, body] of [['GET', ''], ['PATCH', '', {}], ['DELETE', ''], ['GET', '/subscriptions'], ['GET', '/health'], ['POST', '/test'], ['POST', '/recover', { since: '2026-01-01T00:00:00Z' }]] as const) {
        const [there, nowhere] = await Promise.all(['hidden-1', 'nobody-1'].map((id) => caller.call(method, `/v1/callbacks/ext:${id}${path}`, body)));
        expect(there).toMatchObject({ status: 404 });
        expect(JSON.stringify(there?.body).replaceAll('hidden-1', 'nobody-1')).toBe(JSON.stringify(nowhere?.body));
      }
    const [there, nowhere] = await Promise.all(['hidden-1', 'nobody-1'].map((id) => sales.call('POST', '/v1/subscriptions', { callback: `ext:${id}`, eventTypes: [tenant.eventType] })));
    expect(there).toMatchObject({ status: 422 });
    expect(JSON.stringify(there?.body).replaceAll('hidden-1', 'nobody-1')).toBe(JSON.stringify(nowhere?.body));
  });

  it('can be used once in a tenant, and the refusal names its holder if the caller may see it', async () => {
    const first = await mine.post<Thing>('/v1/callbacks', { name: 'taken', externalId: 'taken', url: receiver.url, groups: ['billing'] });
    const again = { name: 'another', externalId: 'taken', url: receiver.url };
    expect(await mine.call('POST', '/v1/callbacks', again)).toMatchObject({ status: 409, body: { code: 'conflict', existing: first.id, errors: [{ pointer: '/externalId' }] } });
    const refused = await sales.call('POST', '/v1/callbacks', again);
    expect(refused).toMatchObject({ status: 409 });
    expect(JSON.stringify(refused.body)).not.toContain(first.id);
    await mine.delete('/v1/callbacks/ext:taken');
    expect(await mine.call('POST', '/v1/callbacks', again)).toMatchObject({ status: 201 });
  });

  it.each(['a/b', ' a', 'a ', '', 'a\tb', 'ä', 'x'.repeat(129)])('cannot be %j', async (externalId) => {
    expect(await mine.call('POST', '/v1/applications', { name: 'odd', externalId })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/externalId' }] } });
    const bodies = {
      tenants: { id: 'odd', name: 'odd' },
      applications: { tenant: tenant.id, name: 'odd' },
      credentials: { tenant: tenant.id, name: 'odd', tokenUrl: 'http://127.0.0.1:9/token', clientId: 'a', clientSecret: 's' },
      callbacks: { tenant: tenant.id, name: 'odd', url: receiver.url },
      subscriptions: { tenant: tenant.id, callback: 'ext:nobody', eventTypes: [tenant.eventType] },
    };
    for (const [kind, body] of Object.entries(bodies)) expect({ kind, ...(await put(api, `/v1/${kind}/ext:${encodeURIComponent(externalId)}`, body)) }).toMatchObject({ kind, status: 422, body: { errors: [{ pointer: '/externalId' }] } });
  });

  it('is no reference in a body of free text', async () => {
    await mine.post('/v1/applications', { name: 'texts', externalId: 'texts' });
    expect(await mine.patch('/v1/applications/ext:texts', { labels: { callback: 'ext:texts', tenant: 'ext:texts' } })).toMatchObject({ labels: { callback: 'ext:texts', tenant: 'ext:texts' } });
  });

  it('belongs to one tenant, whatever else a PUT says', async () => {
    const { id } = await api.post<Thing>('/v1/callbacks', { tenant: tenant.id, name: 'one tenant', externalId: 'one-tenant', url: receiver.url });
    const body = { name: 'one tenant', url: receiver.url };
    for (const path of [`/v1/callbacks/${id}`, `/v1/callbacks/ext:one-tenant?tenant=${tenant.id}`, `/v1/callbacks/ext:nobody?tenant=${tenant.id}`, `/v1/callbacks/ext:nobody?tenant=${tenant.id}&dryRun=true`])
      expect({ path, ...(await put(api, path, { ...body, tenant: other.id })) }).toMatchObject({ path, status: 422, body: { errors: [{ pointer: '/tenant' }] } });
    expect(await put(api, `/v1/callbacks/${id}`, { ...body, tenant: tenant.id })).toMatchObject({ status: 200, body: { tenant: tenant.id } });
  });

  it('is rehearsed only by PUT: another call with ?dryRun=true does nothing at all', async () => {
    const { id, version } = await mine.post<Thing>('/v1/callbacks', { name: 'no rehearsal', url: receiver.url });
    const calls = [['PATCH', `/v1/callbacks/${id}`, { timeoutMs: 5_000 }], ['POST', '/v1/callbacks', { name: 'rehearsed', url: receiver.url }], ['POST', `/v1/callbacks/${id}/rotate-secret`, {}], ['DELETE', `/v1/callbacks/${id}`, undefined], ['POST', '/v1/replays', { select: { callback: id } }]] as const;
    for (const [method, path, body] of calls) expect({ method, path, ...(await mine.call(method, `${path}?dryRun=true`, body)) }).toMatchObject({ method, path, status: 422, body: { errors: [{ pointer: '/dryRun', code: 'unknown-field' }] } });
    expect(await mine.get<Thing>(`/v1/callbacks/${id}`)).toMatchObject({ version });
  });

  it('may be referred to at most a thousand times in a request', async () => {
    const select = { callback: Array.from({ length: 80_000 }, (_, i) => `ext:${i}`) };
    expect(await mine.call('POST', '/v1/replays', { select })).toMatchObject({ status: 422, body: { detail: expect.stringContaining('external ids') as unknown } });
  });

  it('is named by a conflict about it', async () => {
    const callback = await mine.post<Thing>('/v1/callbacks', { name: 'known', externalId: 'known', url: receiver.url });
    const conflicts: [Api, string, object, string][] = [
      [api, '/v1/tenants', { id: tenant.id, name: 'x' }, tenant.id],
      [api, '/v1/event-types', { name: tenant.eventType }, tenant.eventType],
      [mine, '/v1/callbacks', { name: 'known', url: receiver.url }, callback.id],
    ];
    for (const [caller, path, body, existing] of conflicts) expect(await caller.call('POST', path, body)).toMatchObject({ status: 409, body: { existing } });
    const subscription = await mine.post<Thing>('/v1/subscriptions', { callback: callback.id, eventTypes: [tenant.eventType], activate: true });
    expect(await mine.call('POST', '/v1/subscriptions', { callback: callback.id, eventTypes: [tenant.eventType] })).toMatchObject({ status: 409, body: { existing: subscription.id } });
    expect(await mine.call('DELETE', '/v1/callbacks/ext:known')).toMatchObject({ status: 409, body: { code: 'in-use', existing: subscription.id } });
  });

  describe('put', () => {
    it('creates a missing resource, replaces an existing one, and changes nothing the second time', async () => {
      const path = '/v1/callbacks/ext:put';
      const body = { name: 'put', url: receiver.url, headers: { 'X-Team': 'a', 'X-Old': 'b' }, secretHeaders: { 'X-Gate': 'sesame' }, retry: { delaysSeconds: [5] }, labels: { team: 'a', old: 'b' }, signing: { scheme: 'persona', secret: 'wbhsec_0123456789abcdef0123456789abcdef' } };
      const made = await put(mine, path, body);
      expect(made).toMatchObject({ status: 201, body: { externalId: 'put', labels: { team: 'a' } } });
      const again = await put(mine, path, body);
      expect(again).toMatchObject({ status: 200, body: { id: made.body.id, version: made.body.version } });

      const less = { name: 'put', url: receiver.url, headers: { 'X-Team': 'a' }, labels: { team: 'b' }, signing: { scheme: 'persona' } };
      const rehearsed = await put<Rehearsal>(mine, `${path}?dryRun=true`, less);
      expect(rehearsed).toMatchObject({ status: 200, body: { dryRun: true, action: 'replace', id: made.body.id } });
      expect(Object.fromEntries(rehearsed.body.changes.map(({ pointer, before, after }) => [pointer, [before, after]]))).toEqual({
        '/headers/X-Old': ['b', null],
        '/labels/old': ['b', null],
        '/labels/team': ['a', 'b'],
        '/retry/delaysSeconds': [[5], expect.any(Array)],
      });
      expect(await mine.get<Thing>(path)).toMatchObject({ version: made.body.version });

      const replaced = await put(mine, path, less);
      // Secrets that it does not name stay, since nobody can send back what is not shown.
      expect(replaced.body).toMatchObject({ headers: { 'X-Team': 'a' }, labels: { team: 'b' }, secretHeaders: { 'X-Gate': '<redacted>' } });
      expect(replaced.body.headers).not.toHaveProperty('X-Old');
      expect((await put<Rehearsal>(mine, `${path}?dryRun=true`, less)).body).toMatchObject({ action: 'none', changes: [] });
      expect((await put<Rehearsal>(mine, `${path}?dryRun=true`, { ...less, secretHeaders: { 'X-Gate': 'other' } })).body.changes).toEqual([{ pointer: '/secretHeaders/X-Gate', before: '<redacted>', after: '<redacted>' }]);
    });

    it('creates nothing in a dry run', async () => {
      const rehearsed = await put<Rehearsal>(mine, '/v1/applications/ext:never?dryRun=true', { name: 'never' });
      expect(rehearsed.body).toMatchObject({ action: 'create', id: null });
      expect(rehearsed.body.changes).toContainEqual({ pointer: '/name', before: null, after: 'never' });
      expect(await mine.call('GET', '/v1/applications/ext:never')).toMatchObject({ status: 404 });
    });

    it('keeps a credential with its secrets if the same ones are given', async () => {
      const path = '/v1/credentials/ext:client';
      const body = { name: 'client', tokenUrl: 'http://127.0.0.1:9/token', clientId: 'id', clientSecret: 'first', params: { a: '1', b: '2' } };
      const made = await put(mine, path, body);
      expect(made.status).toBe(201);
      expect(await put(mine, path, body)).toMatchObject({ status: 200, body: { version: made.body.version } });
      const rehearsed = await put<Rehearsal>(mine, `${path}?dryRun=true`, { ...body, clientSecret: 'second', params: { a: '1' } });
      expect(rehearsed.body.changes).toEqual([
        { pointer: '/params/b', before: '2', after: null },
        { pointer: '/clientSecret', before: '<redacted>', after: '<redacted>' },
      ]);
      expect(JSON.stringify(rehearsed.body)).not.toMatch(/first|second/);
    });

    it('edits an active subscription in place, and activates an inactive one', async () => {
      await put(mine, '/v1/callbacks/ext:active', { name: 'active', url: receiver.url });
      const body = { callback: 'ext:active', eventTypes: [tenant.eventType], activate: true };
      const made = await put(mine, '/v1/subscriptions/ext:active', body);
      expect(made).toMatchObject({ status: 201, body: { state: 'activated' } });
      expect(await put(mine, '/v1/subscriptions/ext:active', body)).toMatchObject({ status: 200, body: { id: made.body.id, version: (await mine.get<Thing>('/v1/subscriptions/ext:active')).version } });
      expect(await put(mine, '/v1/subscriptions/ext:active', { ...body, eventTypes: ['*'] })).toMatchObject({ status: 200, body: { id: made.body.id, state: 'activated', eventTypes: ['*'] } });
      expect(await put(mine, '/v1/subscriptions/ext:active', { ...body, labels: { a: 'b' }, eventTypes: ['*'] })).toMatchObject({ body: { state: 'activated', labels: { a: 'b' } } });
    });

    it('creates an unknown tenant, and what is in it, for a caller without a tenant', async () => {
      const id = `${tenant.id}-put`;
      const externalId = `ext-${id}`;
      expect(await put(api, `/v1/tenants/ext:${externalId}`, { id, name: 'Put' })).toMatchObject({ status: 201, body: { id } });
      expect(await put(api, `/v1/tenants/ext:${externalId}`, { id, name: 'Put', labels: { tier: 'gold' } })).toMatchObject({ status: 200, body: { labels: { tier: 'gold' } } });
      expect(await put(api, '/v1/applications/ext:in-it', { tenant: `ext:${externalId}`, name: 'in it' })).toMatchObject({ status: 201, body: { tenant: id } });
      expect(await put(api, '/v1/applications/ext:in-it', { tenant: `ext:${externalId}`, name: 'in it' })).toMatchObject({ status: 200 });
      expect(await api.get<Thing>(`/v1/applications/ext:in-it?tenant=ext:${externalId}`)).toMatchObject({ tenant: id });
    });

    it('is the own id of resources that their creator names: a tenant, an event type', async () => {
      const id = `${tenant.id}-own`;
      for (const [path, body, more] of [
        [`/v1/tenants/${id}`, { id, name: 'Own' }, { externalId: `of-${id}` }],
        // A name may begin like an external id.
        [`/v1/event-types/ext:${id}`, { name: `ext:${id}`, description: 'first' }, { description: 'second', schema: { type: 'object' } }],
      ] as const) {
        expect(await put<Rehearsal>(api, `${path}?dryRun=true`, body)).toMatchObject({ status: 200, body: { action: 'create', id: null } });
        const made = await put(api, path, body);
        expect(made).toMatchObject({ status: 201, body: { ...body, version: 1 } });
        expect(await put(api, path, body)).toMatchObject({ status: 200, body: { version: 1 } });
        const { body: rehearsed } = await put<Rehearsal>(api, `${path}?dryRun=true`, { ...body, ...more });
        expect(rehearsed.action).toBe('replace');
        expect(rehearsed.changes.map(({ after }) => after)).toContainEqual(Object.values(more)[0]);
        expect(await put(api, path, { ...body, ...more })).toMatchObject({ status: 200, body: { ...more, version: 2 } });
        expect(await put(api, `${path}-other`, body)).toMatchObject({ status: 422, body: { errors: [{ code: 'other' }] } });
      }
      expect(await put(api, `/v1/event-types/ext:${id}`, { name: `ext:${id}` })).toMatchObject({ body: { description: null, schema: null } });
      expect(await put(api, '/v1/event-types/nuncio.callback.failing', { name: 'nuncio.callback.failing' })).toMatchObject({ status: expect.any(Number) as unknown, body: { code: expect.stringMatching(/invalid|forbidden/) as unknown } });
    });

    it('takes the id from the path if the body leaves it out', async () => {
      const id = `${tenant.id}-path`;
      expect(await put(api, `/v1/tenants/${id}`, { name: 'Path' })).toMatchObject({ status: 201, body: { id } });
      expect(await put(api, `/v1/tenants/${id}`, { name: 'Path' })).toMatchObject({ status: 200, body: { version: 1 } });
      expect(await put(api, '/v1/tenants/Not%20an%20id', { name: 'Path' })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/id', code: 'invalid-format' }] } });
      expect(await put(api, `/v1/tenants/ext:${id}`, { name: 'Path' })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/id', code: 'required' }] } });
      expect(await put(api, `/v1/event-types/${id}`, {})).toMatchObject({ status: 201, body: { name: id } });
    });

    it('makes only what does not exist, if If-None-Match asks for it', async () => {
      const path = '/v1/callbacks/ext:only-new';
      const body = { name: 'only new', url: receiver.url };
      const once = () => mine.call<Problem>('PUT', path, body, { 'if-none-match': '*' });
      expect(await once()).toMatchObject({ status: 201 });
      expect(await once()).toMatchObject({ status: 412, body: { code: 'stale' } });
    });

    it('says of a field that answers show and no body takes that it cannot be set', async () => {
      const path = '/v1/callbacks/ext:read-only';
      const { body } = await put(mine, path, { name: 'read only', url: receiver.url });
      const sentBack = await mine.call<Problem>('PATCH', path, { version: body.version, tenant: tenant.id, nonsense: 1 });
      expect(sentBack.body.errors?.map(({ pointer, code }) => `${pointer} ${code}`).sort()).toEqual(['/nonsense unknown-field', '/tenant read-only', '/version read-only']);
    });

    it('of a subscription that waits for approval changes nothing with the same values', async () => {
      const type = `salary.${tenant.id}`;
      await put(api, `/v1/event-types/${type}`, { name: type, approval: 'required' });
      await put(mine, '/v1/callbacks/ext:approved', { name: 'approved', url: receiver.url });
      const path = '/v1/subscriptions/ext:approved';
      const body = { callback: 'ext:approved', eventTypes: [type], activate: true };
      expect((await put<Rehearsal>(mine, `${path}?dryRun=true`, body)).body).toMatchObject({ effects: { sample: true }, changes: expect.arrayContaining([{ pointer: '/state', before: null, after: 'ready-to-submit' }]) as unknown });
      expect(await put(mine, path, body)).toMatchObject({ status: 201, body: { state: 'ready-to-submit' } });
      await mine.post(`${path}/submit`);
      expect(await put(mine, path, body)).toMatchObject({ status: 200, body: { state: 'submitted' } });
      expect(await put<Rehearsal>(mine, `${path}?dryRun=true`, body)).toMatchObject({ status: 200, body: { action: 'none', changes: [], effects: {} } });
      expect(await put(mine, path, { ...body, filter: { exact: { subject: 'a' } } })).toMatchObject({ status: 409, body: { code: 'illegal-move' } });
    });

    it('of a dry run shows its effects: activations, samples, approvals that are taken back', async () => {
      const type = `bonus.${tenant.id}`;
      await put(api, `/v1/event-types/${type}`, { name: type, approval: 'required' });
      const callback = { name: 'effects', url: receiver.url };
      await put(mine, '/v1/callbacks/ext:effects', callback);
      const path = '/v1/subscriptions/ext:effects';
      const body = { callback: 'ext:effects', eventTypes: [type] };
      const { body: made } = await put(mine, path, body);
      expect((await put<Rehearsal>(mine, `${path}?dryRun=true`, body)).body).toMatchObject({ action: 'none', effects: {} });
      expect((await put<Rehearsal>(mine, `${path}?dryRun=true`, { ...body, activate: true })).body).toMatchObject({ action: 'replace', changes: [{ pointer: '/state', before: 'draft', after: 'ready-to-submit' }], effects: { sample: true } });
      await put(mine, path, { ...body, activate: true });
      await mine.post(`${path}/submit`);
      await api.post(`/v1/subscriptions/${made.id}/approve`);
      expect((await put<Rehearsal>(mine, `${path}?dryRun=true`, { ...body, activate: true })).body).toMatchObject({ changes: [{ pointer: '/state', before: 'approved', after: 'activated' }], effects: {} });
      expect(await put(mine, path, { ...body, activate: true })).toMatchObject({ body: { state: 'activated' } });
      const elsewhere = { ...callback, url: receiver.url.replace('127.0.0.1', 'localhost') };
      const rehearsed = await put<Rehearsal>(mine, '/v1/callbacks/ext:effects?dryRun=true', elsewhere);
      expect(rehearsed.body.effects).toEqual({ affectedSubscriptions: 1, approvalTakenBack: [{ subscription: made.id, from: 'activated', to: 'draft' }] });
      expect(await mine.get(path)).toMatchObject({ state: 'activated' });
      // A field that is no secret is not masked.
      await mine.post(`${path}/deactivate`);
      const { body: filtered } = await put<Rehearsal>(mine, `${path}?dryRun=true`, { ...body, eventTypes: [tenant.eventType], filter: { exact: { subject: 'a' } } });
      expect(filtered.changes).toEqual([{ pointer: '/eventTypes', before: [type], after: [tenant.eventType] }, { pointer: '/filter/exact/subject', before: null, after: 'a' }]);
    });

    it('that activates is refused after its callback has had its samples of this minute, and later continues where it stopped', async () => {
      await put(mine, '/v1/callbacks/ext:sampled', { name: 'sampled', url: receiver.url });
      // The minute may end in the middle: what the first ones activate then, the next ones do not.
      const refused = await eventually(async () => {
        for (let status = 200; status !== 429; ) ({ status } = await mine.call('POST', '/v1/callbacks/ext:sampled/test'));
        const key = `sampled.${randomUUID().slice(0, 8)}`;
        await put(api, `/v1/event-types/${key}`, { name: key });
        expect(await put(mine, `/v1/subscriptions/ext:${key}`, { callback: 'ext:sampled', eventTypes: [key], activate: true })).toMatchObject({ status: 429 });
        return key;
      });
      expect(await mine.get(`/v1/subscriptions/ext:${refused}`)).toMatchObject({ state: 'draft' });
    });

    it('refuses a resource that has changed meanwhile, and another external id than in the path', async () => {
      await put(mine, '/v1/applications/ext:guarded', { name: 'guarded' });
      expect(await mine.call('PUT', '/v1/applications/ext:guarded', { name: 'guarded' }, { 'if-match': '"7"' })).toMatchObject({ status: 412 });
      expect(await put(mine, '/v1/applications/ext:guarded', { name: 'guarded', externalId: 'else' })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/externalId' }] } });
      expect(await put(mine, '/v1/applications/app_0', { name: 'nowhere' })).toMatchObject({ status: 404 });
    });
  });

  it('is accepted from a key until the key expires; an expired one is unknown everywhere', async () => {
    const expiresAt = new Date(Date.now() + 5_000).toISOString();
    const made = await api.post<{ key: string; expiresAt: string }>('/v1/api-keys', { name: 'short', role: 'consumer', tenant: tenant.id, expiresAt });
    expect(made.expiresAt).toBe(expiresAt);
    const short = api.as(made.key);
    await eventually(async () => {
      for (const path of ['/v1/me', '/v1/callbacks', '/v1/attempts']) expect(await short.call('GET', path)).toMatchObject({ status: 401 });
    });
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(expiresAt));
    for (const wrong of ['2020-01-01T00:00:00Z', 'tomorrow']) expect(await api.call('POST', '/v1/api-keys', { name: 'x', role: 'provider', expiresAt: wrong })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/expiresAt' }] } });
  });

  it('comes with labels, at most 20, which are merged', async () => {
    const { id } = await mine.post<Thing>('/v1/applications', { name: 'labelled', labels: { env: 'prod', team: 'a' } });
    expect(await mine.patch(`/v1/applications/${id}`, { labels: { team: null, tier: 'gold' } })).toMatchObject({ labels: { env: 'prod', tier: 'gold' } });
    const many = Object.fromEntries(Array.from({ length: 19 }, (_, n) => [`l${n}`, 'x']));
    expect(await mine.call('PATCH', `/v1/applications/${id}`, { labels: many })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/labels' }] } });
    expect(await mine.patch(`/v1/applications/${id}`, { labels: null, externalId: 'now' })).toMatchObject({ labels: {}, externalId: 'now' });
    expect(await mine.patch('/v1/applications/ext:now', { externalId: null })).toMatchObject({ externalId: null });
  });
});
