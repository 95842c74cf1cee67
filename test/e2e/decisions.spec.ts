import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { always, Receiver, type Api } from '@nuncio/fixtures';
import type { DeliveryAnswer } from '../fleet/answers.js';
import { eventually } from '../fleet/eventually.js';
import { sharedFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

interface Sub {
  readonly id: string;
  readonly state: string;
  readonly approved: boolean;
  readonly awaitsApproval: boolean;
}

/** A decision applies everywhere: to sending, sending again, counting and reading. */
describe('a decision', () => {
  const fleet = sharedFleet();
  const { api } = fleet;
  /** An event type that requires approval. */
  let salary: string;
  let tenant: Tenant;
  let consumer: Api;
  let receiver: Receiver;
  let elsewhere: Receiver;

  beforeAll(async () => {
    salary = `salary.${randomUUID().slice(0, 8)}`;
    await api.post('/v1/event-types', { name: salary, approval: 'required' });
  });
  beforeEach(async () => {
    [tenant, receiver, elsewhere] = await Promise.all([Tenant.create(fleet), Receiver.start(), Receiver.start()]);
    consumer = api.as((await api.post<{ key: string }>('/v1/api-keys', { name: 'consumer', role: 'consumer', tenant: tenant.id })).key);
  });
  afterEach(() => Promise.all([receiver.close(), elsewhere.close()]));
  afterAll(() => fleet.cluster.close());

  const callback = async (url = receiver.url, given: object = {}): Promise<string> => (await api.post<{ id: string }>('/v1/callbacks', { tenant: tenant.id, name: randomUUID(), url, ...given })).id;
  const draft = async (to: string, eventTypes = [salary], given: object = {}): Promise<string> => (await api.post<Sub>('/v1/subscriptions', { tenant: tenant.id, callback: to, eventTypes, ...given })).id;
  const moveThrough = async (id: string, moves: string): Promise<void> => {
    for (const move of moves.split(' ').filter(Boolean)) await api.post(`/v1/subscriptions/${id}/${move}`);
  };
  const publish = async (payload: string, type = salary): Promise<string> => {
    const { status, body } = await api.call<{ id: string }>('POST', '/v1/events', payload, { 'ce-type': type, 'ce-tenant': tenant.id });
    expect(status).toBe(202);
    return body.id;
  };
  const stored = (event: string): Promise<void> =>
    eventually(async () => {
      expect((await api.call('GET', `/v1/events/${event}`)).status).toBe(200);
    });
  const inForce = async (): Promise<void> => {
    await tenant.inForce();
    for (const one of [receiver, elsewhere]) one.requests.length = 0;
  };
  /** The status for reading an event's payload as the tenant. */
  const payload = async (event: string): Promise<number> => (await fetch(`${api.url}/v1/events/${event}/payload`, { headers: { authorization: `Bearer ${consumer.key}` } })).status;
  const statuses = async (event: string): Promise<string[]> => (await consumer.all<DeliveryAnswer>('/v1/deliveries', { event })).map(({ status }) => status);
  const received = (at: Receiver): string[] => at.requests.map(({ body }) => body.toString());
  const replay = (event: string, subscription: string, dryRun: boolean) =>
    consumer.call<{ count?: number; operation?: string }>('POST', '/v1/replays', { select: { events: { eventType: salary, since: new Date(Date.now() - 600_000).toISOString() }, subscription }, dryRun });

  it.each([
    ['draft', ''],
    ['ready to submit', 'verify'],
    ['submitted', 'verify submit'],
    ['rejected', 'verify submit reject'],
    ['approved', 'verify submit approve'],
    ['suspended', 'verify submit approve activate suspend'],
  ])('sends no event by a replay to a subscription that is %s', async (_, moves) => {
    const id = await draft(await callback());
    await moveThrough(id, moves);
    await inForce();
    const event = await publish('"secret"');
    await stored(event);
    for (const dryRun of [true, false]) expect((await replay(event, id, dryRun)).body.count).toBe(0);
    const after = await publish('"after"');
    await stored(after);
    expect([await payload(event), await statuses(event), received(receiver)]).toEqual([404, [], []]);
  });

  it('lets a replay send events from before the approval, from then on', async () => {
    const id = await draft(await callback());
    await moveThrough(id, 'verify submit');
    const event = await publish('"secret"');
    await stored(event);
    expect(await payload(event)).toBe(404);
    await moveThrough(id, 'approve activate');
    await inForce();
    await eventually(async () => {
      expect((await replay(event, id, true)).body.count).toBe(1);
    });
    expect((await replay(event, id, false)).status).toBe(202);
    await eventually(() => {
      expect(received(receiver)).toEqual(['"secret"']);
    });
    await eventually(async () => {
      expect([await payload(event), await statuses(event)]).toEqual([200, ['delivered']]);
    });
  });

  it('about an address holds for this address: events after a change are parked, unread, until it is approved again', async () => {
    const to = await callback(receiver.url, { retry: { delaysSeconds: Array(20).fill(3), jitter: 0 } });
    const id = await draft(to);
    const plain = await draft(to, [tenant.eventType], { activate: true });
    await moveThrough(id, 'verify submit approve activate');
    await inForce();
    receiver.answer(always({ status: 503 }));
    const retried = await publish('"retried"');
    await eventually(async () => {
      expect(await statuses(retried)).toEqual(['pending']);
    });
    expect(await api.patch(`/v1/callbacks/${to}`, { url: elsewhere.url })).toMatchObject({ affectedSubscriptions: 2, approvalTakenBack: [{ subscription: id, from: 'activated', to: 'draft' }] });
    await inForce();
    const parked = await publish('"parked"');
    const open = await publish('"open"', tenant.eventType);
    for (const event of [parked, retried])
      await eventually(async () => {
        expect(await statuses(event)).toEqual(['parked']);
      });
    await eventually(() => {
      expect(received(elsewhere)).toEqual(['"open"']);
    });
    await eventually(async () => {
      expect([await payload(parked), await payload(retried), await payload(open)]).toEqual([404, 200, 200]);
    });
    expect((await replay(parked, id, true)).body.count).toBe(0);
    expect(await api.get<Sub>(`/v1/subscriptions/${plain}`)).toMatchObject({ state: 'activated' });

    for (const [move, state] of [['verify', 'ready-to-submit'], ['submit', 'submitted'], ['approve', 'approved']] as const)
      expect(await api.post<Sub>(`/v1/subscriptions/${id}/${move}`)).toMatchObject({ state, awaitsApproval: true });
    elsewhere.requests.length = 0;
    expect(await api.post<Sub>(`/v1/subscriptions/${id}/activate`)).toMatchObject({ state: 'activated', approved: true, awaitsApproval: false });
    await eventually(() => {
      expect(received(elsewhere).sort()).toEqual(['"parked"', '"retried"']);
    });
    await eventually(async () => {
      expect([await payload(parked), await statuses(parked), await statuses(retried)]).toEqual([200, ['delivered'], ['delivered']]);
    });
  });

  it('about one subscription does not count for another, even with the same URL', async () => {
    const [first, second] = [await draft(await callback()), await draft(await callback())];
    await moveThrough(first, 'verify submit approve activate');
    await moveThrough(second, 'verify');
    expect(await consumer.call('POST', `/v1/subscriptions/${second}/activate`)).toMatchObject({ status: 409 });
    for (const edit of [{ filter: { exact: { a: 'b' } } }, { callback: await callback(elsewhere.url) }])
      expect(await consumer.call('PATCH', `/v1/subscriptions/${first}`, edit)).toMatchObject({ status: 409, body: { code: 'conflict' } });
    const plain = await draft(await callback(elsewhere.url), [tenant.eventType], { activate: true });
    expect(await consumer.call('PATCH', `/v1/subscriptions/${plain}`, { eventTypes: [tenant.eventType, salary] })).toMatchObject({ status: 409, body: { code: 'conflict' } });
    await inForce();
    const event = await publish('"secret"');
    await eventually(() => {
      expect(received(receiver)).toEqual(['"secret"']);
    });
    await eventually(async () => {
      expect(await statuses(event)).toEqual(['delivered']);
    });
    expect(received(elsewhere)).toEqual([]);
  });

  it('that a type requires approval from now on affects no subscription that is active by its name, and excludes it from *', async () => {
    const name = `type.${randomUUID().slice(0, 8)}`;
    await api.post('/v1/event-types', { name });
    const named = await draft(await callback(), [name], { activate: true });
    await draft(await callback(elsewhere.url), ['*'], { activate: true });
    await api.patch(`/v1/event-types/${name}`, { approval: 'required' });
    await inForce();
    const event = await publish('"salary"', name);
    await eventually(() => {
      expect(received(receiver)).toEqual(['"salary"']);
    });
    await eventually(async () => {
      expect(await statuses(event)).toEqual(['delivered']);
    });
    expect([received(elsewhere), (await api.get<Sub>(`/v1/subscriptions/${named}`)).state]).toEqual([[], 'activated']);
  });

  it('to suspend a subscription is not undone by creating it again, with any target', async () => {
    const to = await callback();
    const id = await draft(to, [tenant.eventType], { activate: true });
    await api.post(`/v1/subscriptions/${id}/suspend`, { reason: 'abuse' });
    const suspended = { status: 409, body: { code: 'suspended' } };
    expect(await consumer.call('DELETE', `/v1/subscriptions/${id}`)).toMatchObject(suspended);
    for (const [url, eventTypes] of [[receiver.url, [tenant.eventType]], [elsewhere.url, [tenant.eventType]], [elsewhere.url, ['*']]] as const) {
      const another = await callback(url);
      expect(await consumer.call('POST', '/v1/subscriptions', { callback: another, eventTypes, activate: true })).toMatchObject(suspended);
    }
    expect(await consumer.call('POST', '/v1/subscriptions', { callback: to, eventTypes: [tenant.eventType], activate: true })).toMatchObject(suspended);
    await inForce();
    const event = await publish('"stopped"', tenant.eventType);
    await eventually(async () => {
      expect(await api.get(`/v1/events/${event}`)).toMatchObject({ unmatched: 'no-subscription' });
    });
    expect([await payload(event), received(receiver), received(elsewhere)]).toEqual([404, [], []]);
  });

  it('to suspend a tenant stops its deliveries, including retries, and lets its keys only read', async () => {
    const id = await draft(await callback(receiver.url, { retry: { delaysSeconds: [10], jitter: 0 } }), [tenant.eventType], { activate: true });
    await inForce();
    receiver.answer(always({ status: 503 }));
    const retried = await publish('"retried"', tenant.eventType);
    await eventually(async () => {
      expect(await statuses(retried)).toEqual(['pending']);
    });
    expect(await api.post(`/v1/tenants/${tenant.id}/suspend`, { reason: 'unpaid' })).toMatchObject({ state: 'suspended', reason: 'unpaid' });
    // A waiting delivery is shown with what will happen to it.
    await eventually(async () => {
      const [delivery] = await consumer.all<DeliveryAnswer & { willCancel: boolean }>('/v1/deliveries', { event: retried });
      expect(delivery?.willCancel === true ? 'canceled' : delivery?.status).toBe('canceled');
    });
    await eventually(async () => {
      expect(await statuses(retried)).toEqual(['canceled']);
    });
    const before = receiver.requests.length;
    receiver.answer(always({}));
    const stopped = await publish('"stopped"', tenant.eventType);
    await eventually(async () => {
      expect(await api.get(`/v1/events/${stopped}`)).toMatchObject({ unmatched: 'no-subscription' });
    });
    expect(receiver.requests).toHaveLength(before);
    const paths = ['/v1/callbacks', `/v1/subscriptions/${id}`, '/v1/deliveries', `/v1/events/${retried}`, '/v1/audit'];
    expect(await Promise.all(paths.map(async (path) => (await consumer.call('GET', path)).status))).toEqual(paths.map(() => 200));
    expect([await payload(retried), await payload(stopped)]).toEqual([200, 404]);
    expect(await consumer.call('POST', `/v1/subscriptions/${id}/deactivate`)).toMatchObject({ status: 409, body: { code: 'suspended' } });
    expect(await consumer.call('POST', `/v1/event-types/${tenant.eventType}/simulate`, {})).toMatchObject({ status: 200, body: { items: [{ outcome: 'none', reasons: [{ code: 'tenant-suspended' }] }] } });
    const [delivery] = await consumer.all<DeliveryAnswer>('/v1/deliveries', { event: retried });
    const asked = { select: { events: { eventType: tenant.eventType }, subscription: id }, dryRun: true };
    for (const path of ['/v1/replays', `/v1/deliveries/${delivery?.id ?? ''}/resend`]) expect(await consumer.call('POST', path, asked)).toMatchObject({ status: 409, body: { code: 'suspended' } });
    const publisher = api.as((await api.post<{ key: string }>('/v1/api-keys', { name: 'publisher', role: 'publisher', tenant: tenant.id })).key);
    await eventually(async () => {
      expect(await publisher.call('POST', '/v1/events', '{}', { 'ce-type': tenant.eventType })).toMatchObject({ status: 409, body: { code: 'suspended' } });
    });
    expect((await api.call<{ count: number }>('POST', '/v1/replays', asked)).body.count).toBe(0);

    await api.post(`/v1/tenants/${tenant.id}/unsuspend`);
    await inForce();
    await publish('"again"', tenant.eventType);
    await eventually(() => {
      expect(received(receiver)).toEqual(['"again"']);
    });
  });
});
