import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { always, Receiver, type Api } from '@nuncio/fixtures';
import { eventually } from '../fleet/eventually.js';
import { sharedFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

const TYPES = [
  'nuncio.callback.failing',
  'nuncio.callback.disabled',
  'nuncio.callback.recovered',
  'nuncio.subscription.submitted',
  'nuncio.subscription.approved',
  'nuncio.subscription.rejected',
  'nuncio.subscription.suspended',
  'nuncio.subscription.blocked',
  'nuncio.credential.failing',
  'nuncio.credential.recovered',
  'nuncio.credential.expiring',
  'nuncio.certificate.expiring',
  'nuncio.delivery.exhausted',
  'nuncio.operation.finished',
];

interface Told {
  readonly type: string;
  readonly subject: string;
  readonly occurrences: number;
  readonly data: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
}

describe('notices', () => {
  const fleet = sharedFleet();
  const { api } = fleet;
  let tenant: Tenant;
  /** A consumer of the tenant. */
  let consumer: Api;
  /** The receiver of notices. */
  let desk: Receiver;
  let deskCallback: string;
  let endpoint: Receiver;

  beforeEach(async () => {
    [tenant, desk, endpoint] = await Promise.all([Tenant.create(fleet), Receiver.start(), Receiver.start()]);
    consumer = api.as((await api.post<{ key: string }>('/v1/api-keys', { name: 'consumer', role: 'consumer', tenant: tenant.id })).key);
    deskCallback = await subscribed(desk, TYPES);
    await tenant.inForce();
    desk.requests.length = 0;
  });
  afterEach(() => Promise.all([desk.close(), endpoint.close()]));
  afterAll(() => fleet.cluster.close());

  async function subscribed(receiver: Receiver, eventTypes: string[], given: object = {}): Promise<string> {
    const { id } = await consumer.post<{ id: string }>('/v1/callbacks', { name: randomUUID(), url: receiver.url, envelope: 'cloudevents', ...given });
    expect(await consumer.post('/v1/subscriptions', { callback: id, eventTypes, activate: true })).toMatchObject({ state: 'activated' });
    return id;
  }

  const toldAt = (receiver: Receiver): Told[] =>
    receiver.requests.flatMap(({ headers, body }) => {
      const data = JSON.parse(body.toString()) as Record<string, unknown>;
      return String(headers['ce-type']).startsWith('nuncio.') && headers['ce-type'] !== 'nuncio.test' ? [{ type: headers['ce-type'] ?? '', subject: headers['ce-subject'] ?? '', occurrences: Number(data.occurrences), data, headers }] : [];
    });
  const told = (type: string, receiver = desk): Told[] => toldAt(receiver).filter((one) => one.type === `nuncio.${type}`);
  const isTold = (type: string, data: object = {}, receiver = desk): Promise<Told> =>
    eventually(() => {
      const [first] = told(type, receiver);
      if (!first) throw new Error(`${type} was not told`);
      expect(first.data).toMatchObject({ tenant: tenant.id, ...data });
      return first;
    });
  const publish = (payload = '{}') => tenant.publish([{ payload }]);

  it('tell that a callback fails, recovers, and is disabled, signed and logged like any event', async () => {
    const to = await subscribed(endpoint, [tenant.eventType], { retry: { delaysSeconds: [1, 1, 1, 1, 1], jitter: 0 } });
    await tenant.inForce();
    endpoint.answer((_, nth) => ({ status: nth < 3 ? 503 : 204 }));
    await publish();
    const { headers, subject } = await isTold('callback.failing', { callback: to, status: 503, errorClass: 'http' });
    expect(subject).toBe(to);
    expect(headers).toMatchObject({ 'ce-source': '/nuncio', 'webhook-signature': expect.stringMatching(/^v1,/), 'content-type': 'application/json' });
    await isTold('callback.recovered', { callback: to });
    endpoint.answer(always({ status: 410 }));
    await publish();
    await isTold('callback.disabled', { callback: to, reason: 'gone', by: 'nuncio' });
    await eventually(async () => {
      const logged = await consumer.all<{ eventType: string; status: string }>('/v1/deliveries', { callback: deskCallback });
      expect(logged.map(({ eventType, status }) => `${eventType} ${status}`).sort()).toEqual(expect.arrayContaining(['nuncio.callback.disabled delivered', 'nuncio.callback.failing delivered', 'nuncio.callback.recovered delivered']));
    });
  });

  it('tell of a callback that was disabled since nothing but failures came from it', async () => {
    const to = await subscribed(endpoint, [tenant.eventType], { retry: { delaysSeconds: [1, 1, 1, 1, 1, 1, 1, 1], jitter: 0, disableAfterDays: 0.00003 } });
    await tenant.inForce();
    endpoint.answer(always({ status: 503 }));
    await publish();
    await isTold('callback.disabled', { callback: to, reason: 'failing', by: 'nuncio' });
    expect(await consumer.get(`/v1/callbacks/${to}`)).toMatchObject({ enabled: false, disabledReason: 'failing' });
  });

  it('count everything that happened within ten minutes', async () => {
    await subscribed(endpoint, [tenant.eventType], { retry: { delaysSeconds: [], jitter: 0 } });
    await tenant.inForce();
    endpoint.answer(always({ status: 500 }));
    for (let n = 0; n < 5; n++) await publish();
    await isTold('delivery.exhausted', { eventType: tenant.eventType, attempts: 1, while: 'failed', status: 500 });
    await publish();
    await eventually(async () => {
      expect(await consumer.all('/v1/deliveries', { status: 'failed', eventType: tenant.eventType })).toHaveLength(6);
    });
    expect(told('delivery.exhausted')).toHaveLength(1);
    expect(told('callback.failing')).toHaveLength(1);
  });

  it('are never sent to the callback that they are about, and their own failures cause no notice', async () => {
    const deaf = await Receiver.start(always({}));
    const heard = await subscribed(deaf, TYPES, { retry: { delaysSeconds: [], jitter: 0 } });
    const own = await subscribed(endpoint, [tenant.eventType, ...TYPES], { retry: { delaysSeconds: [], jitter: 0 } });
    await tenant.inForce();
    endpoint.requests.length = 0;
    for (const receiver of [deaf, endpoint]) receiver.answer(always({ status: 500 }));
    await publish();
    for (const type of ['callback.failing', 'delivery.exhausted']) {
      await isTold(type, { callback: own });
      await isTold(type, { callback: own }, deaf);
    }
    await eventually(async () => {
      expect(await consumer.all('/v1/deliveries', { status: 'failed', callback: heard })).toHaveLength(2);
    });
    await consumer.patch(`/v1/callbacks/${own}`, { enabled: false });
    await isTold('callback.disabled', { callback: own });
    expect([toldAt(endpoint), toldAt(desk).map(({ subject }) => subject)]).toEqual([[], [own, own, own]]);
    await deaf.close();
  });

  it('tell of each move of an approval', async () => {
    const salary = `salary.${randomUUID().slice(0, 8)}`;
    await api.post('/v1/event-types', { name: salary, approval: 'required' });
    const { id: callback } = await consumer.post<{ id: string }>('/v1/callbacks', { name: randomUUID(), url: endpoint.url });
    const { id } = await consumer.post<{ id: string }>('/v1/subscriptions', { callback, eventTypes: [salary] });
    for (const move of ['verify', 'submit', 'approve', 'activate', 'block', 'deactivate', 'suspend']) await api.post(`/v1/subscriptions/${id}/${move}`, { ...(move === 'approve' && { reason: 'as agreed' }) });
    for (const move of ['submitted', 'approved', 'blocked', 'suspended']) await isTold(`subscription.${move}`, { subscription: id, callback, eventTypes: [salary] });
    expect(told('subscription.approved')[0]?.data).toMatchObject({ reason: 'as agreed', by: expect.any(String) });
  });

  it('tell of a refused approval, and its reason', async () => {
    const salary = `salary.${randomUUID().slice(0, 8)}`;
    await api.post('/v1/event-types', { name: salary, approval: 'required' });
    const { id: callback } = await consumer.post<{ id: string }>('/v1/callbacks', { name: randomUUID(), url: endpoint.url });
    const { id } = await consumer.post<{ id: string }>('/v1/subscriptions', { callback, eventTypes: [salary] });
    for (const move of ['verify', 'submit', 'reject']) await api.post(`/v1/subscriptions/${id}/${move}`, { ...(move === 'reject' && { reason: 'There is no contract.' }) });
    await isTold('subscription.rejected', { subscription: id, callback, eventTypes: [salary], reason: 'There is no contract.', by: expect.any(String) });
    expect(told('subscription.approved')).toEqual([]);
  });

  it('tell that a client secret expires as soon as that is known to be near', async () => {
    const expiresAt = new Date(Date.now() + 5 * 86_400_000).toISOString();
    const given = { name: randomUUID(), tokenUrl: `${endpoint.url}/token`, clientId: 'ledger', clientSecret: 'a secret' };
    const { id } = await consumer.post<{ id: string }>('/v1/credentials', { ...given, clientSecretExpiresAt: expiresAt });
    await isTold('credential.expiring', { credential: id, what: 'client-secret', expiresAt });
    expect(await consumer.get(`/v1/credentials/${id}/health`)).toMatchObject({ clientSecret: { givenAt: expect.any(String), expiresAt } });
    expect(await consumer.patch(`/v1/credentials/${id}`, { clientSecret: 'another secret' })).toMatchObject({ clientSecretExpiresAt: null });
  });

  it("of all tenants reach the tenant that NOTICES_TO names, and nobody else in a notice's own tenant", async () => {
    const ours = 'all-notices';
    await api.call('POST', '/v1/tenants', { id: ours, name: ours });
    const all = await Receiver.start();
    const { id } = await api.post<{ id: string }>('/v1/callbacks', { tenant: ours, name: randomUUID(), url: all.url, envelope: 'cloudevents' });
    await api.post('/v1/subscriptions', { tenant: ours, callback: id, eventTypes: ['nuncio.callback.disabled'], activate: true });
    await tenant.inForce();
    const theirs = await subscribed(endpoint, [tenant.eventType]);
    await consumer.patch(`/v1/callbacks/${theirs}`, { enabled: false });
    await isTold('callback.disabled', { callback: theirs });
    await eventually(() => {
      expect(told('callback.disabled', all).map(({ data }) => data)).toEqual(expect.arrayContaining([expect.objectContaining({ callback: theirs, tenant: tenant.id })]));
    });
    const other = await api.post<{ id: string }>('/v1/callbacks', { tenant: ours, name: randomUUID(), url: endpoint.url });
    await api.patch(`/v1/callbacks/${other.id}`, { enabled: false });
    await eventually(() => {
      expect(told('callback.disabled', all).map(({ subject }) => subject)).toContain(other.id);
    });
    expect(told('callback.disabled').map(({ subject }) => subject)).toEqual([theirs]);
    await api.patch(`/v1/callbacks/${id}`, { enabled: false });
    await all.close();
  });

  it('tell that an operation has ended', async () => {
    const to = await subscribed(endpoint, [tenant.eventType]);
    const { operation } = await consumer.post<{ operation: string }>(`/v1/callbacks/${to}/recover`, { since: new Date(Date.now() - 60_000).toISOString() });
    await isTold('operation.finished', { operation, kind: 'recover', state: 'done', callback: to, sent: 0, outcome: { delivered: 0, open: 0 } });
  });

  it('have types that everybody can see, and nobody else can publish or change', async () => {
    for (const name of TYPES) expect(await api.get(`/v1/event-types/${name}`)).toMatchObject({ name, audience: 'addressed', approval: 'none', schema: { type: 'object' } });
    expect((await api.call('POST', '/v1/event-types', { name: 'nuncio.mine' })).status).toBe(422);
    expect((await api.call('PATCH', '/v1/event-types/nuncio.callback.failing', { description: 'x' })).status).toBe(403);
    expect((await api.call('DELETE', '/v1/event-types/nuncio.callback.failing')).status).toBe(403);
    const { status, body } = await api.call<{ errors: unknown[] }>('POST', '/v1/events', '{}', { 'ce-type': 'nuncio.callback.failing', 'ce-source': '/nuncio', 'ce-tenant': tenant.id });
    expect([status, body.errors]).toEqual([422, expect.arrayContaining([expect.objectContaining({ code: 'reserved' })])]);
  });

  it('are not covered by *', async () => {
    const all = await Receiver.start();
    await subscribed(all, ['*']);
    await tenant.inForce();
    all.requests.length = 0;
    const other = await subscribed(endpoint, [tenant.eventType]);
    await consumer.patch(`/v1/callbacks/${other}`, { enabled: false });
    await isTold('callback.disabled', { callback: other });
    expect(toldAt(all)).toEqual([]);
    await all.close();
  });

  it('about a resource of a group reach only callbacks of that group', async () => {
    const grouped = async (groups: string[]): Promise<Api> => api.as((await api.post<{ key: string }>('/v1/api-keys', { name: 'consumer', role: 'consumer', tenant: tenant.id, groups })).key);
    const [billing, sales] = await Promise.all([grouped(['billing']), grouped(['sales'])]);
    const [theirs, others] = await Promise.all([Receiver.start(), Receiver.start()]);
    for (const [who, at] of [[billing, theirs], [sales, others]] as const) {
      const { id } = await who.post<{ id: string }>('/v1/callbacks', { name: randomUUID(), url: at.url, envelope: 'cloudevents' });
      await who.post('/v1/subscriptions', { callback: id, eventTypes: ['nuncio.callback.disabled'], activate: true });
    }
    await tenant.inForce();
    const { id } = await billing.post<{ id: string }>('/v1/callbacks', { name: randomUUID(), url: endpoint.url });
    await billing.patch(`/v1/callbacks/${id}`, { enabled: false });
    await isTold('callback.disabled', { callback: id }, theirs);
    expect([toldAt(others), told('callback.disabled')]).toEqual([[], []]);
    await Promise.all([theirs.close(), others.close()]);
  });
});
