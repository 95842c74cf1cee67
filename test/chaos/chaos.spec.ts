import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { away, outage } from './outages.js';
import { ownStage, type OwnStage } from './own-stage.js';
import { run } from './run.js';

const SEEDS = [1, 2];
const SECONDS = 6;
/** A consumer that gives up has done so by then, and comes back as another member. */
const OUTAGE_MS = 12_000;

/** The short form of `npm run chaos`, on servers of its own, since these it may break. */
describe('an installation in which things break', () => {
  let stage: OwnStage;
  beforeAll(async () => {
    stage = await ownStage({ env: {} });
  }, 180_000);
  afterAll(async () => {
    await stage.close();
  }, 60_000);

  /** How soon after they are back, 3 s on a machine of its own, is for `npm run chaos` to say. */
  it('delivers what was accepted while every server was away', async () => {
    const { accepted, lost } = await outage(stage, away('Kafka', 'Redis', 'PostgreSQL'), OUTAGE_MS);
    expect(accepted).toBeGreaterThan(0);
    expect(lost).toBe(0);
  }, 180_000);

  it.each(SEEDS)(
    'keeps every promise while services and receivers fail: seed %i',
    async (seed) => {
      const { violations, history } = await run({ ...stage, servers: null }, seed, SECONDS);
      expect(history.disturbances.length).toBeGreaterThan(0);
      expect(violations).toEqual([]);
    },
    180_000,
  );
});
