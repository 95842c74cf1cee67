import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { outage, restarts } from './outages.js';
import { ownStage, type OwnStage } from './own-stage.js';
import { run } from './run.js';

const SEED = 1;
const SECONDS = 10;
/** 3 s on a machine of its own (npm run chaos -- --brokers 3). */
const RECOVERED_WITHIN_MS = 9_000;

/** The short form of `npm run chaos -- --brokers 3`. */
describe('an installation whose brokers go away one by one', () => {
  let stage: OwnStage;
  beforeAll(async () => {
    stage = await ownStage({ env: {}, kafkaNodes: 3 });
  }, 480_000);
  afterAll(async () => {
    await stage.close();
  }, 60_000);

  it('delivers what was accepted while each restarted', async () => {
    const { accepted, lost, firstDeliveryMs } = await outage(stage, restarts, 0);
    expect(accepted).toBeGreaterThan(0);
    expect(lost).toBe(0);
    expect(firstDeliveryMs).toBeLessThan(RECOVERED_WITHIN_MS);
  }, 480_000);

  it('keeps every promise while one of them is killed', async () => {
    const { violations, history } = await run(stage, SEED, SECONDS);
    expect(history.disturbances.length).toBeGreaterThan(0);
    expect(violations).toEqual([]);
  }, 480_000);
});
