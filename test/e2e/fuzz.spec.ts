import { expect, it } from '@jest/globals';
import { ownFleet } from '../fleet/fleet.js';
import { fuzz } from '../fuzz/fuzz.js';

it('answers no call with 5xx, whatever its fields contain, and can deliver whatever it accepts', async () => {
  const fleet = await ownFleet('fuzz', { env: { RATE_LIMIT_PER_SECOND: '100000', DUPLICATE_WINDOW_SECONDS: '0' } });
  try {
    const { calls, statuses, delivered, faults } = await fuzz(fleet.api, 1, Infinity, 15_000);
    expect(faults).toEqual([]);
    // Some calls must be accepted and some refused, or the test proves nothing.
    expect(Object.keys(statuses)).toEqual(expect.arrayContaining(['200', '201', '202', '404', '422']));
    expect([calls >= 300, delivered > 0]).toEqual([true, true]);
  } finally {
    await fleet.close();
  }
});
