import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { always, Receiver } from '@nuncio/fixtures';
import { eventually } from '../fleet/eventually.js';
import { sharedFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

/** What a subscription's states mean for deliveries. model.spec.ts tests the moves. */
describe('a subscription', () => {
  const fleet = sharedFleet();
  let receiver: Receiver;
  let tenant: Tenant;

  beforeAll(async () => {
    receiver = await Receiver.start();
    tenant = await Tenant.create(fleet);
  });
  beforeEach(async () => {
    tenant = await Tenant.create(fleet);
    receiver.requests.length = 0;
  });
  afterAll(() => receiver.close());

  const move = async (id: string, name: string, state: string, body: object = {}): Promise<void> => {
    expect(await fleet.api.post(`/v1/subscriptions/${id}/${name}`, body)).toMatchObject({ state });
  };
  const statuses = async (): Promise<string[]> => (await tenant.deliveries()).map(({ status }) => status);
  const received = (): string[] => receiver.requests.map(({ body }) => body.toString());

  /** Parks events one after another, so that their order is known. */
  async function park(id: string, payloads: readonly string[]): Promise<void> {
    await move(id, 'block', 'blocked', { reason: 'maintenance' });
    await tenant.inForce();
    for (const [n, payload] of payloads.entries()) {
      await tenant.publish([{ payload }]);
      await eventually(async () => {
        expect((await statuses()).filter((status) => status === 'parked')).toHaveLength(n + 1);
      });
    }
  }

  it('that is unblocked gets its parked events, oldest first', async () => {
    const { subscription } = await tenant.subscribe(receiver, { limits: { concurrency: 1 } });
    await park(subscription, ['1', '2', '3']);
    expect(received()).toEqual([]);
    await move(subscription, 'unblock', 'activated');
    await eventually(() => {
      expect(received()).toEqual(['1', '2', '3']);
    });
    await eventually(async () => {
      expect(await statuses()).toEqual(['delivered', 'delivered', 'delivered']);
    });
  });

  it('keeps parked events through suspension and deactivation, until it is activated', async () => {
    const { subscription } = await tenant.subscribe(receiver, {});
    await park(subscription, ['kept']);
    await move(subscription, 'suspend', 'suspended', { reason: 'unpaid' });
    await move(subscription, 'unsuspend', 'deactivated');
    await tenant.inForce();
    await tenant.publish([{ payload: 'for nobody' }]);
    await eventually(async () => {
      expect(await fleet.api.all('/v1/events', { tenant: tenant.id })).toHaveLength(1);
    });
    expect([received(), await statuses()]).toEqual([[], ['parked']]);
    await move(subscription, 'activate', 'activated');
    await eventually(() => {
      expect(received()).toEqual(['kept']);
    });
  });

  it('loses its parked events when it is deleted', async () => {
    const { subscription } = await tenant.subscribe(receiver, {});
    await park(subscription, ['left']);
    expect((await fleet.api.call('DELETE', `/v1/subscriptions/${subscription}`)).status).toBe(204);
    await eventually(async () => {
      expect(await statuses()).toEqual(['canceled']);
    });
    expect(received()).toEqual([]);
  });

  it('to a type that requires approval gets events once it was approved, and * never covers that type', async () => {
    const name = `salary.${randomUUID().slice(0, 8)}`;
    await fleet.api.post('/v1/event-types', { name, approval: 'required' });
    const { callback } = await tenant.subscribe(receiver, {});
    const everything = await Receiver.start();
    const star = await fleet.api.post<{ id: string }>('/v1/callbacks', { tenant: tenant.id, name: 'star', url: everything.url });
    expect(await fleet.api.post('/v1/subscriptions', { tenant: tenant.id, callback: star.id, eventTypes: ['*'], activate: true })).toMatchObject({ state: 'activated' });
    const { id } = await fleet.api.post<{ id: string }>('/v1/subscriptions', { tenant: tenant.id, callback, eventTypes: [name], activate: true });
    await move(id, 'submit', 'submitted');
    await move(id, 'approve', 'approved');
    await move(id, 'activate', 'activated');
    await tenant.inForce();
    for (const one of [receiver, everything]) one.requests.length = 0;
    for (const [type, body] of [[name, 'secret'], [tenant.eventType, 'public']] as const)
      expect((await fleet.api.call('POST', '/v1/events', JSON.stringify(body), { 'ce-type': type, 'ce-tenant': tenant.id })).status).toBe(202);
    await eventually(() => {
      expect(received().sort()).toEqual(['"public"', '"secret"']);
      expect(everything.requests.map(({ body }) => body.toString())).toEqual(['"public"']);
    });
    await everything.close();
  });

  it('exists if it was to be activated at once and no sample could be sent: the answer says why', async () => {
    const { id: callback } = await fleet.api.post<{ id: string }>('/v1/callbacks', { tenant: tenant.id, name: 'tried often', url: receiver.url });
    // The minute may end in the middle.
    await eventually(async () => {
      for (let status = 200; status !== 429; ) ({ status } = await fleet.api.call('POST', `/v1/callbacks/${callback}/test`));
      const type = `sampled.${randomUUID().slice(0, 8)}`;
      await fleet.api.post('/v1/event-types', { name: type });
      expect(await fleet.api.post('/v1/subscriptions', { tenant: tenant.id, callback, eventTypes: [type], activate: true })).toMatchObject({
        state: 'draft',
        verification: { ok: false, error: { class: 'internal', detail: expect.stringContaining('10 a minute') } },
      });
    });
  });

  it('follows an edit of its callback in the retries that are still due', async () => {
    const failing = await Receiver.start(always({ status: 503 }));
    const { callback } = await tenant.subscribe(receiver, { retry: { delaysSeconds: [3, 3, 3], jitter: 0 } });
    await fleet.api.patch(`/v1/callbacks/${callback}`, { url: failing.url });
    await tenant.inForce();
    await tenant.publish([{ payload: 'follows' }]);
    await eventually(() => {
      expect(failing.requests).toHaveLength(1);
    });
    expect(await fleet.api.patch(`/v1/callbacks/${callback}`, { url: receiver.url })).toMatchObject({ affectedSubscriptions: 1 });
    await eventually(() => {
      expect(received()).toEqual(['follows']);
    });
    await failing.close();
  });
});
