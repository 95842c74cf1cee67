import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Receiver } from '@nuncio/fixtures';
import { eventually } from '../fleet/eventually.js';
import { sharedFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

describe('a second copy', () => {
  const fleet = sharedFleet();
  let receiver: Receiver;
  beforeAll(async () => (receiver = await Receiver.start()));
  afterAll(() => Promise.all([receiver.close(), fleet.cluster.close()]));

  it('of an event is dropped, on whichever partition it arrives', async () => {
    const tenant = await Tenant.create(fleet);
    await tenant.subscribe(receiver, { profile: 'standard' });
    const copy = (id: string, partition: number) => ({
      key: id,
      partition,
      value: `{"id":"${id}"}`,
      headers: { ce_specversion: '1.0', ce_id: `${tenant.id}-${id}`, ce_source: '/blackbox', ce_type: tenant.eventType, ce_tenant: tenant.id },
    });
    await fleet.cluster.send('events', [copy('twice', 1), copy('twice', 1), copy('twice', 5), copy('once', 5)]);
    await fleet.cluster.send('events', [copy('twice', 9), copy('last', 1), copy('last', 5), copy('last', 9)]);
    await eventually(() => {
      expect(new Set(receiver.requests.map(({ body }) => body.toString())).size).toBe(3);
    });
    await eventually(async () => {
      expect(await tenant.attempts()).toHaveLength(3);
    });
    expect(receiver.requests).toHaveLength(3);
  });

  it('of a step, as a crash writes it, runs once', async () => {
    const tenant = await Tenant.create(fleet);
    const { subscription } = await tenant.subscribe(receiver, { profile: 'persona' });
    const id = `${tenant.id}-step`;
    const errand = {
      ...{ event: 'evt_of_a_step', eventAt: Date.now(), subscriptions: [subscription], number: 2, reason: 'retry', notBefore: Date.now() + 2_000, hop: 0 },
      ...{ retriesUsed: 1, firstAttemptAt: Date.now(), heldSince: null, holds: 0, position: null, requestedBy: null },
    };
    const headers = {
      ce_specversion: '1.0',
      ce_id: id,
      ce_source: '/blackbox',
      ce_type: tenant.eventType,
      ce_tenant: tenant.id,
      'nuncio-errand': JSON.stringify(errand),
    };
    await fleet.cluster.send(
      'delay.1s',
      [0, 0, 3].map((partition) => ({ key: id, partition, value: '{}', headers })),
    );
    await eventually(async () => {
      expect(await tenant.attempts()).toMatchObject([{ number: 2, reason: 'retry', outcome: 'delivered' }]);
    });
    expect(receiver.requests.at(-1)?.headers['persona-webhook-attempts-made']).toBe('2');
    expect(receiver.requests).toHaveLength(1);
  });
});
