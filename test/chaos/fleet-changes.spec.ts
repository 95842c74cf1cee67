import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ownFleet } from '../fleet/fleet.js';
import { comeAndGo, standStill } from './fleet-changes.js';

/** A member is missed after 10 s (architecture.md). A minute, and the figures, in `npm run chaos`. */
const STANDSTILL_MS = 13_000;

describe('while dispatchers come, go and stand still', () => {
  let fleet: Awaited<ReturnType<typeof ownFleet>>;
  beforeAll(async () => {
    fleet = await ownFleet('fleet-changes', { restart: false });
  }, 120_000);
  afterAll(async () => {
    await fleet.close();
  });

  it('a fleet that grows from one to three, restarts one after another and shrinks again loses nothing and sends nothing twice', async () => {
    const { lost, repeated, leftWithinMs } = await comeAndGo(fleet, fleet.services);
    expect({ lost, repeated }).toEqual({ lost: 0, repeated: 0 });
    expect(leftWithinMs).toBeLessThan(15_000);
  }, 300_000);

  it('one that stood still for longer than its session sends nothing on waking that another has taken over', async () => {
    const { lost, repeated, onWaking } = await standStill(fleet, fleet.services, STANDSTILL_MS);
    expect({ lost, repeated }).toEqual({ lost: 0, repeated: 0 });
    // A stop may fall between the last question and the write, of one request: they are one synchronous step.
    expect(onWaking).toBeLessThanOrEqual(1);
  }, 300_000);
});
