import { describe, expect, it } from '@jest/globals';
import { Refusals } from './refusals.js';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;

describe('Refusals', () => {
  it('renew at the first refusal, and make a callback that refuses every token wait longer and longer', () => {
    const refusals = new Refusals();
    const renewedAt: number[] = [];
    let generation = 1;
    for (let now = 0; now < HOUR; now += 100) {
      if (!refusals.mayRenew('cb_1', generation, now)) continue;
      renewedAt.push(now / SECOND);
      generation += 1;
      refusals.note('cb_1', generation);
    }
    const pauses = renewedAt.map((at, i) => at - (renewedAt[i - 1] ?? 0)).slice(1);
    expect(pauses.slice(0, 10)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512]);
    expect(new Set(pauses.slice(10))).toEqual(new Set([600]));
  });

  it('renew at once for a callback whose tokens are revoked now and then, however often', () => {
    const refusals = new Refusals();
    for (let generation = 1; generation < 100; generation++) {
      expect(refusals.mayRenew('cb_1', generation, generation * 2 * SECOND)).toBe(true);
      refusals.accepted('cb_1', generation + 1);
    }
  });

  it('do not take it for a revocation when a receiver refuses and accepts the same token in turn', () => {
    const refusals = new Refusals();
    let generation = 1;
    let renewals = 0;
    for (let now = 0; now < HOUR; now += 200) {
      if (now % 400 === 0) {
        refusals.accepted('cb_1', generation);
        continue;
      }
      if (!refusals.mayRenew('cb_1', generation, now)) continue;
      renewals += 1;
      generation += 1;
      refusals.accepted('cb_1', generation);
    }
    expect(renewals).toBeLessThan(20);
  });

  it('know what was refused, of each callback by itself', () => {
    const refusals = new Refusals();
    refusals.mayRenew('cb_1', 3, 0);
    expect([refusals.refuses('cb_1', 3), refusals.refuses('cb_1', 4), refusals.refuses('cb_2', 3)]).toEqual([true, false, false]);
    expect(refusals.mayRenew('cb_2', 3, 0)).toBe(true);
  });

  it('begin anew after a long time without a refusal', () => {
    const refusals = new Refusals();
    for (const now of [0, 1, 3, 7]) refusals.mayRenew('cb_1', 1, now * SECOND);
    expect(refusals.mayRenew('cb_1', 1, HOUR)).toBe(true);
    expect(refusals.mayRenew('cb_1', 1, HOUR + SECOND)).toBe(true);
  });
});
