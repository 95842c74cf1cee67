import { describe, expect, it } from '@jest/globals';
import { Held } from './held.js';

const [EACH_SECOND, HOUR] = [15, 3_600];

function held() {
  const clock = { now: 0 };
  return { clock, one: new Held(() => clock.now) };
}

describe('deliveries on hold', () => {
  it('come back at once if their returns have no limit, and one by one if they have, until the endpoint answers', () => {
    const { clock, one } = held();
    one.add(1, 0, null);
    expect([one.turnMs(), one.turnMs()]).toEqual([0, 0]);
    one.add(2, 0, 20);
    const turns = [one.turnMs(), one.turnMs(), one.turnMs()].map(Math.round);
    expect(turns).toEqual([0, 10, 20]);
    clock.now += 500;
    expect([one.turnMs(), one.turnMs()].map(Math.round)).toEqual([0, 10]);
    one.answered();
    expect([one.turnMs(), one.turnMs()]).toEqual([0, 0]);
    one.add(3, 0, 20);
    one.add(4, 0, null);
    expect([one.turnMs(), one.turnMs()]).toEqual([0, 0]);
  });

  it.each([500, 2_000, 20_000])('come back evenly, and do not pile up, if %i were held in one moment: they came back in one moment each time', (count) => {
    const { clock, one } = held();
    /** Those whose turn is in a second, by that second. */
    const turns = new Map<number, number[]>();
    const backAt = new Map<number, number[]>();
    const put = (into: Map<number, number[]>, second: number, order: number): void => { into.set(second, [...(into.get(second) ?? []), order]); };
    const hold = (order: number): void => { put(backAt, Math.ceil((clock.now + one.add(order, clock.now / 4, EACH_SECOND).delayMs) / 1_000), order); };
    for (let order = 0; order < count; order++) hold(order);
    let [waiting, mostWaiting, most] = [0, 0, 0];
    for (let second = 1; second <= HOUR; second++) {
      clock.now = second * 1_000;
      for (const order of backAt.get(second) ?? []) {
        put(turns, Math.max(second, Math.floor((clock.now + one.turnMs()) / 1_000)), order);
        waiting += 1;
      }
      const now = turns.get(second) ?? [];
      for (const order of now) hold(order);
      waiting -= now.length;
      if (second < HOUR / 2) continue;
      most = Math.max(most, now.length);
      mostWaiting = Math.max(mostWaiting, waiting);
    }
    expect(most).toBeLessThanOrEqual(5 * EACH_SECOND + count / 600 + 1);
    expect(mostWaiting).toBeLessThan(count / 2);
    expect(waiting + one.count).toBe(count);
  });
});
