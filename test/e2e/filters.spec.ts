import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Receiver } from '@nuncio/fixtures';
import { eventually } from '../fleet/eventually.js';
import { sharedFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

describe('a filter on a subscription', () => {
  const fleet = sharedFleet();
  let receiver: Receiver;

  beforeAll(async () => {
    receiver = await Receiver.start();
  });
  afterAll(() => receiver.close());

  it('lets matching events through, by attributes and payload, byte for byte', async () => {
    const tenant = await Tenant.create(fleet);
    const { callback, subscription } = await tenant.subscribe(receiver, {});
    const filter = { all: [{ exact: { '/data/country': 'DE' } }, { not: { prefix: { region: 'us' } } }] };
    expect(await fleet.api.patch(`/v1/subscriptions/${subscription}`, { filter })).toMatchObject({ state: 'activated', callback, filter });
    await tenant.inForce();
    receiver.requests.length = 0;

    const wanted = '{ "amount": 1.0, "country": "DE" }';
    const ids = await tenant.publish([
      { payload: '{"country":"FR"}' },
      { payload: wanted, attributes: { region: 'us-east' } },
      { payload: wanted, attributes: { region: 'eu' } },
      { payload: 'country=DE', contentType: 'text/plain' },
    ]);
    await eventually(async () => {
      const events = await fleet.api.all<{ ceId: string; unmatched: string | null }>('/v1/events', { tenant: tenant.id });
      const reasons = new Map(events.map(({ ceId, unmatched }) => [ceId, unmatched]));
      expect(ids.map((id) => reasons.get(id))).toEqual(['no-subscription', 'no-subscription', null, 'no-subscription']);
    });
    await eventually(() => {
      expect(receiver.requests.map(({ body }) => body.toString())).toEqual([wanted]);
    });
    expect((await tenant.attempts()).map(({ ceId }) => ceId)).toEqual([ids[2]]);
  });
});
