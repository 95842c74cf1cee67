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
  }, 45_000);
  const times = receiver.requests.map(({ at }) => at);
  for (const [i, at] of times.entries()) if (i > 0) expect(at - (times[i - 1] ?? 0)).toBeGreaterThanOrEqual(1_000 / PER_SECOND - 150);
  await eventually(async () => {
    const held = (await readFacts(fleet.cluster)).filter(({ fact, tenant: of }) => fact === 'held' && of === tenant.id);
    expect(held).toHaveLength(DELIVERIES - 1);
    expect(new Set(held.map(({ reason }) => reason))).toEqual(new Set(['its rate is limited']));
  });
  await receiver.close();
}, 90_000);
