import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { maySend, refreshAt, spreadOf, usableUntil } from './index.js';

const DAY_SECONDS = 86_400;

describe("a token's time", () => {
  it.each([
    [0, 1_800],
    [1, 1_800],
    [2, 1_800],
    [3, 2_700],
    [10, 9_000],
    [50, 45_000],
    [300, 270_000],
    [600, 540_000],
    [3_600, 3_540_000],
    [86_400, 86_340_000],
  ])('with expires_in %i is usable for %i ms', (expiresIn, usable) => {
    expect(usableUntil(7, expiresIn)).toBe(7 + usable);
  });

  it('never allows a token to be sent with less than 5 s or 10 % of its life left, whenever it is asked', () => {
    fc.assert(
      fc.property(fc.nat(DAY_SECONDS), fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(60_000), (expiresIn, point, pausedMs) => {
        const lifeMs = Math.max(2_000, expiresIn * 1_000);
        const at = Math.floor(point * lifeMs) + pausedMs;
        const token = { receivedAt: 0, usableUntil: usableUntil(0, expiresIn) };
        if (maySend(token, at)) expect(lifeMs - at).toBeGreaterThanOrEqual(Math.min(5_000, lifeMs / 10));
      }),
      { numRuns: 2_000 },
    );
  });

  it('has ended after a pause that outlasts it', () => {
    const token = { usableUntil: usableUntil(0, 30) };
    expect([maySend(token, 26_999), maySend(token, 27_000), maySend(token, 31_000)]).toEqual([true, false, false]);
  });

  it('is refreshed at 70 to 90 % of it', () => {
    const token = { receivedAt: 1_000, usableUntil: 11_000 };
    expect([refreshAt(token, 0), refreshAt(token, 0.25), refreshAt(token, 0.999_999)]).toEqual([8_000, 8_500, 9_999]);
  });

  it('spreads the refreshes of 5,000 tokens of one second evenly over the window, whatever the generation', () => {
    const token = { receivedAt: 0, usableUntil: usableUntil(0, 3_600) };
    const [from, to] = [refreshAt(token, 0), refreshAt(token, 1)];
    const share = (5_000 * 60_000) / (to - from);
    for (const generation of [1, 2, 77]) {
      const perMinute = new Map<number, number>();
      for (let i = 0; i < 5_000; i++) {
        const minute = Math.floor((refreshAt(token, spreadOf(`cred_${i}`, generation)) - from) / 60_000);
        perMinute.set(minute, (perMinute.get(minute) ?? 0) + 1);
      }
      expect(Math.max(...perMinute.values())).toBeLessThanOrEqual(1.3 * share);
    }
  });
});
