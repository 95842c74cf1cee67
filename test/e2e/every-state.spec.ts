import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AuthorizationServer, Receiver, type Api } from '@nuncio/fixtures';
import { describe as describeApi, type Operation } from '../fleet/contract.js';
import { EventStream } from '../fleet/event-stream.js';
import { eventually } from '../fleet/eventually.js';
import { sharedFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

/** The moves that bring a subscription into each state. Keys with `required` are for types that require approval. */
const WAYS: Readonly<Record<string, string>> = {
  draft: '',
  validated: 'verify',
  activated: 'verify activate',
  'activated: pending': 'verify activate',
  'activated: failed': 'verify activate',
  'activated: canceled': 'verify activate',
  'activated: held': 'verify activate',
  deactivated: 'verify activate deactivate',
  suspended: 'verify activate suspend',
  blocked: 'verify activate block',
  'required: draft': '',
  'required: ready-to-submit': 'verify',
  'required: submitted': 'verify submit',
  'required: approved': 'verify submit approve',
  'required: rejected': 'verify submit reject',
  'required: activated': 'verify submit approve activate',
  'required: suspended': 'verify submit approve activate suspend',
  // The approval was taken back, since its callback has another receiver.
  'required: taken back': 'verify submit approve activate',
};

/** How its event gets where it is, where that is neither delivered nor parked. */
const SETTINGS: Readonly<Record<string, object>> = {
  'activated: pending': { retry: { delaysSeconds: [3_600], jitter: 0 } },
  'activated: failed': { retry: { delaysSeconds: [] } },
  'activated: canceled': { retry: { delaysSeconds: [3_600], jitter: 0 } },
  'activated: held': { pausedUntil: '2099-01-01T00:00:00Z' },
};
/** Those who may have their event now. */
const TAKES_PART = new Set(['activated', 'blocked', 'required: activated', ...Object.keys(SETTINGS)]);
/** Their event will come by itself, and is not sent again. */
const IN_WORK = new Set(['activated: pending', 'activated: held']);

interface Subscribed {
  readonly id: string;
  readonly callback: string;
  readonly type: string;
  /** An event published while it was in this state. */
  readonly event: string;
}

/** Checks callers without access to any object, in every state: they learn nothing, and get the same answer as for an object that does not exist. */
describe('a resource in any state', () => {
  const { api, cluster } = sharedFleet();
  const callers: Record<string, Api> = {};
  const subscriptions = new Map<string, Subscribed>();
  /** Ids by the name of their collection in a path. */
  const objects: Record<string, string[]> = {};
  let calls: { method: string; template: string; roles: readonly string[] }[] = [];
  /** The routes that read, except streams, with the names of their filters. */
  let lists: { template: string; filters: readonly string[] }[] = [];
  let tenant: Tenant;
  let other: Tenant;
  let receiver: Receiver;
  /** Paths at which it fails from now on. */
  const brokenPaths = new Set<string>();
  let server: AuthorizationServer;

  const keyOf = async (role: string, of?: Tenant, groups: string[] = []): Promise<Api> => api.as((await api.post<{ key: string }>('/v1/api-keys', { name: role, role, ...(of && { tenant: of.id }), groups })).key);
  const made = async (caller: Api, path: string, body: object): Promise<string> => (await caller.post<{ id: string }>(path, body)).id;
  const publish = async (type: string, of: Tenant): Promise<string> => {
    const { status, body } = await api.call<{ id: string }>('POST', '/v1/events', '{"canary":"payload"}', { 'ce-type': type, 'ce-tenant': of.id });
    expect(status).toBe(202);
    return body.id;
  };
  const mine = (): Api => callers.consumer ?? api;
  const strangers = (): [string, Api][] => Object.entries(callers).filter(([name]) => name.includes(' '));

  async function subscribe(name: string, moves: string): Promise<Subscribed> {
    const type = `type.${randomUUID().slice(0, 8)}`;
    await api.post('/v1/event-types', { name: type, approval: name.startsWith('required') ? 'required' : 'none' });
    const path = `/${randomUUID()}`;
    const callback = await made(mine(), '/v1/callbacks', { name: randomUUID(), url: `${receiver.url}${path}` });
    const id = await made(mine(), '/v1/subscriptions', { callback, eventTypes: [type] });
    for (const move of moves.split(' ').filter(Boolean)) await api.post(`/v1/subscriptions/${id}/${move}`);
    if (SETTINGS[name]) {
      await mine().patch(`/v1/callbacks/${callback}`, SETTINGS[name]);
      brokenPaths.add(path);
    }
    if (name.endsWith('taken back')) await mine().patch(`/v1/callbacks/${callback}`, { signing: { scheme: 'none' } });
    return { id, callback, type, event: '' };
  }

  beforeAll(async () => {
    const client = { clientId: randomUUID(), clientSecret: 'the secret of a client', authMethod: 'client_secret_basic' } as const;
    [receiver, server, tenant, other] = await Promise.all([Receiver.start(({ path }) => ({ status: [...brokenPaths].some((one) => path.endsWith(one)) ? 500 : 204 })), AuthorizationServer.start({ clients: [client] }), Tenant.create({ api, cluster }), Tenant.create({ api, cluster })]);
    for (const role of ['admin', 'provider']) callers[role] = await keyOf(role);
    for (const role of ['consumer', 'viewer']) callers[role] = await keyOf(role, tenant, ['billing']);
    callers['consumer of another group'] = await keyOf('consumer', tenant, ['sales']);
    callers['consumer of another tenant'] = await keyOf('consumer', other, ['billing']);
    callers['viewer of another tenant'] = await keyOf('viewer', other);

    // One after another, since a tenant has at most four changes in progress.
    const subscribed: [string, Subscribed][] = [];
    for (const [name, moves] of Object.entries(WAYS)) subscribed.push([name, await subscribe(name, moves)]);
    await other.subscribe(receiver, {});
    await tenant.inForce();
    for (const [name, one] of subscribed) subscriptions.set(name, { ...one, event: await publish(one.type, tenant) });
    const all = [...subscriptions.values()];
    const canceled = await eventually(async () => {
      const [found] = await api.all<{ id: string; status: string }>('/v1/deliveries', { event: subscriptions.get('activated: canceled')?.event ?? '' });
      expect(found?.status).toBe('pending');
      return found?.id ?? '';
    });
    await mine().post(`/v1/deliveries/${canceled}/cancel`);
    const deliveries = await eventually(async () => {
      const found = await api.all<{ id: string; event: string; status: string }>('/v1/deliveries', { tenant: tenant.id });
      expect(found.map(({ status }) => status).sort()).toEqual(['canceled', 'delivered', 'delivered', 'failed', 'held', 'parked', 'parked', 'pending']);
      for (const { event } of all) expect((await api.call('GET', `/v1/events/${event}`)).status).toBe(200);
      return found;
    });

    const credential = (given: object): Promise<string> => made(mine(), '/v1/credentials', { name: randomUUID(), tokenUrl: server.tokenUrl, ...client, ...given });
    const credentials = [await credential({}), await credential({ clientSecret: 'a wrong one' }), await credential({ authMethod: 'private_key_jwt' }), await credential({}), await credential({})];
    const [working, failing, , used, deleted] = credentials;
    for (const id of [working, failing]) await mine().post(`/v1/credentials/${id ?? ''}/test`);
    const authenticated = await made(mine(), '/v1/callbacks', { name: 'authenticated', url: receiver.url, authentication: { type: 'oauth2', credential: used } });
    await mine().delete(`/v1/credentials/${deleted ?? ''}`);

    const delivered = subscriptions.get('activated');
    const operation = async (move?: string): Promise<string> => {
      const { operation: id } = await mine().post<{ operation: string }>('/v1/replays', { select: { subscription: delivered?.id }, perSecond: 0.1 });
      if (move) await mine().call('POST', `/v1/operations/${id}/${move}`);
      return id;
    };
    Object.assign(objects, {
      subscriptions: all.map(({ id }) => id),
      callbacks: [authenticated, ...all.map(({ callback }) => callback)],
      credentials,
      events: all.map(({ event }) => event),
      deliveries: deliveries.map(({ id }) => id),
      attempts: (await tenant.attempts()).map(({ id }) => id),
      operations: [await operation('pause'), await operation('cancel'), await operation()],
    });
    const { paths } = await describeApi(api.url);
    calls = Object.entries(paths).flatMap(([template, operations]) => Object.entries(operations).flatMap(([method, one]) => callsOf(method.toUpperCase(), template, one)));
    lists = Object.entries(paths).flatMap(([template, { get }]) =>
      get && !/\{|stream$/.test(template) ? [{ template, filters: (get.parameters ?? []).filter((one) => one.in === 'query').map((one) => one.name) }] : [],
    );
  });
  afterAll(() => Promise.all([receiver.close(), server.down(), cluster.close()]));

  const absent = (id: string): string => id.replace(/[0-9a-z]{10}$/, '0123456789');
  let line: Promise<unknown> = Promise.resolve();
  /** Changes are made one after another, since a tenant has at most four in progress. */
  const text = (caller: Api, method: string, path: string, body?: object): Promise<{ status: number; text: string }> => {
    if (method === 'GET') return ask(caller, method, path, body);
    const asked = line.then(() => ask(caller, method, path, body));
    line = asked.catch(() => undefined);
    return asked;
  };
  const ask = async (caller: Api, method: string, path: string, body?: object): Promise<{ status: number; text: string }> => {
    const answer = await fetch(api.url + path, { method, headers: { authorization: `Bearer ${caller.key}`, 'x-request-id': 'same', ...(body && { 'content-type': 'application/json' }) }, ...(body && { body: JSON.stringify(body) }) });
    return { status: answer.status, text: await answer.text() };
  };
  /** The differences between the answers about `id` and about an id that does not exist. */
  async function compare(name: string, caller: Api, id: string, asked: (id: string) => [string, string, object?], refused: readonly number[]): Promise<string[]> {
    const nothing = absent(id);
    const [method, path] = asked(id);
    const [theirs, nowhere] = await Promise.all([text(caller, ...asked(id)), text(caller, ...asked(nothing))]);
    const isSame = theirs.status === nowhere.status && theirs.text.replaceAll(id, '…') === nowhere.text.replaceAll(nothing, '…');
    return isSame && refused.includes(theirs.status) ? [] : [`${name}: ${method} ${path}: ${theirs.status} ${theirs.text.slice(0, 300)}, of nothing ${nowhere.status}`];
  }

  /**
   * Every list and statistic with a filter for such an id. The audit takes ids of any kind. Statistics are of one fixed hour, so that both answers
   * can be compared.
   */
  function filteredBy(name: string): ((id: string) => [string, string])[] {
    return lists.flatMap(({ template, filters }) => {
      const more = [...(filters.includes('count') ? ['count=true'] : []), ...(template.startsWith('/v1/stats') && filters.includes('until') ? ['since=2026-01-01T00:00:00Z', 'until=2026-01-01T01:00:00Z'] : [])];
      return [name, 'id'].filter((one) => filters.includes(one)).map((one) => (id: string): [string, string] => ['GET', `${template}?${[`${one}=${id}`, ...more].join('&')}`]);
    });
  }

  it('has the expected states', async () => {
    const states = await Promise.all(Array.from(subscriptions, async ([name, { id }]) => [name, (await api.get<{ state: string }>(`/v1/subscriptions/${id}`)).state]));
    expect(Object.fromEntries(states)).toEqual(Object.fromEntries(Object.keys(WAYS).map((name) => [name, name === 'required: taken back' ? 'draft' : name in SETTINGS ? 'activated' : name.replace('required: ', '')])));
  });

  it('answers 404 to others, by any route, now, at a time or in a version', async () => {
    const at = encodeURIComponent(new Date().toISOString());
    /** The body of a PUT for each kind. */
    const whole: Record<string, object> = {
      credentials: { name: 'idp', tokenUrl: server.tokenUrl, clientId: 'ledger', clientSecret: 'secret' },
      callbacks: { name: 'ledger', url: receiver.url },
      subscriptions: { callback: objects.callbacks?.[0], eventTypes: [tenant.eventType] },
    };
    const faults: string[] = [];
    for (const { method, template, roles } of calls)
      for (const [name, caller] of strangers().filter(([one]) => roles.includes(one.split(' ')[0] ?? ''))) {
        const body = method === 'GET' || method === 'DELETE' ? undefined : template.endsWith('/recover') ? { since: '2026-01-01T00:00:00Z', dryRun: true } : method === 'PUT' ? whole[template.split('/')[2] ?? ''] : {};
        const paths = method === 'GET' && template.endsWith('{id}') && /credentials|callbacks|subscriptions/.test(template) ? [template, `${template}?at=${at}`, `${template}?version=1`] : [template];
        const all = paths.flatMap((path) => (objects[template.split('/')[2] ?? ''] ?? []).map((id) => compare(name, caller, id, (one) => [method, path.replace(/\{\w+\}/, one), body], [403, 404])));
        faults.push(...(await Promise.all(all)).flat());
      }
    expect(faults).toEqual([]);
  });

  it('is not found by others who name it in a filter or a body', async () => {
    type Ask = (id: string) => [string, string, object?];
    const bulk = ['/v1/replays', '/v1/deliveries/send-now', '/v1/deliveries/cancel'];
    const selecting = (name: string): Ask[] => bulk.map((path) => (id) => ['POST', path, { select: { [name]: id }, dryRun: true }]);
    const asked: Record<string, Ask[]> = {
      subscriptions: [...filteredBy('subscription'), ...selecting('subscription'), (id) => ['POST', '/v1/replays', { select: { events: { since: '2026-01-01T00:00:00Z' }, subscription: id }, dryRun: true }]],
      callbacks: [...filteredBy('callback'), ...selecting('callback')],
      events: [...filteredBy('event'), ...selecting('event')],
      deliveries: filteredBy('delivery'),
      credentials: filteredBy('credential'),
    };
    expect(Object.entries(asked).filter(([, asks]) => asks.length < 2)).toEqual([]);
    const faults: string[] = [];
    for (const [name, caller] of strangers().filter(([one]) => one.startsWith('consumer')))
      for (const [kind, asks] of Object.entries(asked))
        // A tenant has no more than half of the requests under way.
        for (const id of objects[kind] ?? []) faults.push(...(await Promise.all(asks.map((ask) => compare(name, caller, id, ask, [200, 403, 422])))).flat());
    expect(faults).toEqual([]);
  });

  it('is not simulated, listed, counted or on record for others', async () => {
    const ids = Object.values(objects).flat();
    const types = [...subscriptions.values()].map(({ type }) => type);
    const lists = ['/v1/audit?limit=100', `/v1/audit?limit=100&tenant=${tenant.id}`, '/v1/operations', ...Object.keys(objects).flatMap((kind) => [`/v1/${kind}?limit=100`, `/v1/${kind}?limit=100&tenant=${tenant.id}`])].filter((path) => !path.startsWith('/v1/operations?'));
    const faults: string[] = [];
    for (const [name, caller] of strangers()) {
      const asked = [...lists.map((path) => ['GET', path] as const), ...types.map((type) => ['POST', `/v1/event-types/${type}/simulate`, { tenant: tenant.id }] as const)];
      const answers = await Promise.all(asked.map(async ([method, path, body]) => ({ method, path, ...(await text(caller, method, path, body)) })));
      for (const { method, path, status, text: answer } of answers) {
        const told = ids.filter((id) => answer.includes(id));
        if (status >= 500 || told.length) faults.push(`${name}: ${method} ${path}: ${status} tells ${told.join(', ')}`);
      }
    }
    expect(faults).toEqual([]);
  });

  it('shows an event to those who got it, or could get it now, and to nobody else', async () => {
    const found: Record<string, Record<string, number>> = {};
    for (const [name, { event }] of subscriptions)
      found[name] = Object.fromEntries(await Promise.all(Object.entries(callers).map(async ([who, caller]) => [who, (await text(caller, 'GET', `/v1/events/${event}/payload`)).status] as const)));
    const expected = Object.keys(WAYS).map((name) => [name, Object.fromEntries(Object.keys(callers).map((who) => [who, who === 'admin' || who === 'provider' ? 200 : who.includes(' ') ? 404 : TAKES_PART.has(name) ? 200 : 404]))]);
    expect(found).toEqual(Object.fromEntries(expected));
  });

  it('is replayed only for a subscription that is active, whoever asks', async () => {
    const counts: Record<string, number | undefined> = {};
    for (const [name, { id, type }] of subscriptions)
      for (const who of ['admin', 'provider', 'consumer']) {
        const { body } = await (callers[who] ?? api).call<{ count?: number }>('POST', '/v1/replays', { select: { events: { eventType: type }, subscription: id }, dryRun: true });
        counts[`${name}, ${who}`] = body.count;
      }
    const refused = Object.entries(counts).filter(([name, count]) => !TAKES_PART.has(name.split(',')[0] ?? '') && !name.startsWith('deactivated') && count !== 0);
    expect([refused, Object.entries(counts).filter(([name, count]) => TAKES_PART.has(name.split(',')[0] ?? '') && count !== (IN_WORK.has(name.split(',')[0] ?? '') ? 0 : 1))]).toEqual([[], []]);
  });

  it('is streamed to nobody else', async () => {
    const streams = await Promise.all(
      ['consumer', ...strangers().map(([name]) => name)].flatMap((name) => ['attempts', 'deliveries', 'events'].map(async (kind) => ({ name, stream: await EventStream.open<{ tenant: string } | { deliveries: { tenant: string }[] }>(`${api.url}/v1/${kind}/stream`, callers[name]?.key ?? '') }))),
    );
    const tenantsOf = (name: string): string[][] => streams.filter((one) => one.name === name).map(({ stream }) => stream.events.flatMap(({ data }) => ('deliveries' in data ? data.deliveries : [data]).map((one) => one.tenant)));
    await publish(subscriptions.get('activated')?.type ?? '', tenant);
    await publish(subscriptions.get('required: taken back')?.type ?? '', tenant);
    await eventually(() => {
      for (const seen of tenantsOf('consumer')) expect(seen).toContain(tenant.id);
    });
    // An event of the other tenant, which comes later in its streams.
    await publish(other.eventType, other);
    await eventually(() => {
      for (const seen of tenantsOf('viewer of another tenant')) expect(seen).toContain(other.id);
    });
    for (const { stream } of streams) stream.close();
    for (const [name] of strangers()) expect(new Set(tenantsOf(name).flat())).toEqual(new Set(name === 'viewer of another tenant' ? [other.id] : name === 'consumer of another group' ? [] : tenantsOf(name).flat().filter((of) => of === other.id)));
  });
});

/** Calls of routes to a single object of a tenant; one for each move in a path. */
function callsOf(method: string, template: string, { security, parameters = [], 'x-roles': roles = [] }: Operation): { method: string; template: string; roles: readonly string[] }[] {
  const kinds = ['credentials', 'callbacks', 'subscriptions', 'events', 'deliveries', 'attempts', 'operations'];
  if (security?.length === 0 || !template.includes('{id}') || !kinds.includes(template.split('/')[2] ?? '')) return [];
  const moves = parameters.find(({ name, in: where }) => where === 'path' && name === 'move')?.schema.enum;
  return (moves ?? ['']).map((move) => ({ method, template: template.replace('{move}', move), roles }));
}
