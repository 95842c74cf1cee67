import { expect, it } from '@jest/globals';
import { ownFleet } from '../fleet/fleet.js';
import { besideHostile } from '../hostile/hostile.js';

const SECONDS = 4;
/** A bound for the slowest machine. */
const MOST_MS = 60_000;

it('protects what a tenant has while another does everything it can against it', async () => {
  const fleet = await ownFleet('hostile', { env: { RATE_LIMIT_PER_SECOND: '50' } });
  try {
    const { lost, failures, unready, beside, done } = await besideHostile(fleet, fleet.services.services, SECONDS);
    expect({ lost, failures, unready }).toEqual({ lost: 0, failures: [], unready: [] });
    expect(Math.max(beside.deliveriesP99, beside.apiP95, beside.inForce)).toBeLessThan(MOST_MS);
    // The attacker gets no internal errors, and every misdeed was tried.
    expect(Object.entries(done).filter(([, statuses]) => '500' in statuses)).toEqual([]);
    expect(Object.values(done).every((statuses) => Object.keys(statuses).length > 0)).toBe(true);
  } finally {
    await fleet.close();
  }
});
