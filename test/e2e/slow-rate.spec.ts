import { afterAll, expect, it } from '@jest/globals';
import { Receiver } from '@nuncio/fixtures';
import { eventually } from '../fleet/eventually.js';
import { readFacts } from '../fleet/facts.js';
import { sharedFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

const PER_SECOND = 0.5;
const DELIVERIES = 6;

const fleet = sharedFleet();
afterAll(() => fleet.cluster.close());

it('holds deliveries that a rate of one in two seconds does not start within a second, and sends each in its turn', async () => {
  const receiver = await Receiver.start();
  const tenant = await Tenant.create(fleet);
  await tenant.subscribe(receiver, { profile: 'standard', timeoutMs: 1_000, limits: { perSecond: PER_SECOND } });
  await tenant.publish(Array.from({ length: DELIVERIES }, (_, n) => ({ payload: `{"n":${n}}` })));
  await eventually(() => {
    expect(receiver.requests).toHaveLength(DELIVERIES);
  });
  const times = receiver.requests.map(({ at }) => at);
  // Each has its own start, which none is earlier than. The first may come late, on a busy machine.
  for (const [i, at] of times.entries()) expect(at - (times[0] ?? 0)).toBeGreaterThanOrEqual((i * 1_000) / PER_SECOND - 1_000);
  await eventually(async () => {
    const held = (await readFacts(fleet.cluster)).filter(({ fact, tenant: of }) => fact === 'held' && of === tenant.id);
    expect(new Set(held.map(({ delivery }) => delivery)).size).toBe(DELIVERIES - 1);
    expect(new Set(held.map(({ reason }) => reason))).toEqual(new Set(['its rate is limited']));
  });
  await receiver.close();
});
