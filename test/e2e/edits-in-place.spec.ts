import { afterAll, expect, it } from '@jest/globals';
import { Receiver } from '@nuncio/fixtures';
import { eventually } from '../fleet/eventually.js';
import { sharedFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

const EDITS = 15;
const EVENTS_PER_EDIT = 10;

const fleet = sharedFleet();
const { api } = fleet;
afterAll(() => fleet.cluster.close());

it('matches an event that is published while a subscription is edited by the old filter or the new one, and delivers it once', async () => {
  const receiver = await Receiver.start();
  const tenant = await Tenant.create(fleet);
  const { subscription } = await tenant.subscribe(receiver, { profile: 'standard' });
  // Every event passes each of these filters.
  const filters = [{ prefix: { source: '/black' } }, { any: [{ suffix: { source: 'box' } }, { exact: { '/data/never': true } }] }, null];
  let published = 0;
  for (let edit = 0; edit < EDITS; edit++) {
    const batch = Array.from({ length: EVENTS_PER_EDIT }, () => ({ payload: JSON.stringify({ n: published++ }) }));
    const [edited] = await Promise.all([api.patch<{ state: string }>(`/v1/subscriptions/${subscription}`, { filter: filters[edit % filters.length] }), tenant.publish(batch)]);
    expect(edited.state).toBe('activated');
  }
  const numbers = (): number[] => receiver.requests.map(({ body }) => (JSON.parse(body.toString()) as { n: number }).n).sort((a, b) => a - b);
  await eventually(() => {
    expect(numbers()).toEqual(Array.from({ length: EDITS * EVENTS_PER_EDIT }, (_, n) => n));
  });
  await receiver.close();
});
