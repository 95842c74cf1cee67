import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { away, outage } from './outages.js';
import { ownStage, type OwnStage } from './own-stage.js';
import { run } from './run.js';

const SEEDS = [1, 2];
const SECONDS = 6;
/** Longer than a consumer takes to give up and come back as another member. */
const OUTAGE_MS = 12_000;

/** The short form of `npm run chaos`, on servers of its own, since it breaks them. */
describe('an installation in which things break', () => {
  let stage: OwnStage;
  beforeAll(async () => {
    stage = await ownStage({ env: {} });
  });
  afterAll(async () => {
    await stage.close();
  });

  /** `npm run chaos` checks how soon they are delivered: within 3 s on an otherwise idle machine. */
  it('delivers what was accepted while every server was away', async () => {
    const { accepted, lost } = await outage(stage, away('Kafka', 'Redis', 'PostgreSQL'), OUTAGE_MS);
    expect(accepted).toBeGreaterThan(0);
    expect(lost).toBe(0);
  });

  it.each(SEEDS)(
    'keeps every promise while services and receivers fail: seed %i',
    async (seed) => {
      const { violations, history } = await run({ ...stage, servers: null }, seed, SECONDS);
      expect(history.disturbances.length).toBeGreaterThan(0);
      expect(violations).toEqual([]);
    },
  );
});
