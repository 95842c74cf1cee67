import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { Capacity } from './capacity.js';
import { Lane } from './lane.js';
import { LeasedRate, type Starts } from './leased-rate.js';

const PER_SECOND = 0.01;
const TIMEOUT_MS = 5_000;
const DELIVERIES = 20;

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

/** Two dispatchers that share the schedule of one callback, as in Redis; held deliveries come back to either. */
function fleet() {
  let next = 0;
  const lease = (intervalMs: number, count: number, withinMs: number): Promise<Starts> => {
    const first = Math.max(next, Date.now() - 25);
    if (first - Date.now() > withinMs) return Promise.resolve({ startsInMs: first - Date.now(), intervalMs, count: 0 });
    next = first + intervalMs * count;
    return Promise.resolve({ startsInMs: first - Date.now(), intervalMs, count });
  };
  return [0, 1].map(() => {
    const capacity = new Capacity({ inFlight: 100, queued: { deliveries: 1_000, bytes: 1_000_000 } }, Date.now);
    const lane = new Lane(
      { concurrency: 4, perSecond: PER_SECOND, timeoutMs: TIMEOUT_MS },
      {
        now: Date.now,
        patience: Date.now,
        capacity,
        account: capacity.open('acme'),
        rate: (perSecond, wake) => new LeasedRate(perSecond, { lease, now: Date.now, wake }),
        concurrency: (demand) => ({ places: demand().total, admits: () => demand().inFlight < demand().total, ended: () => undefined }),
        returnsPerSecond: () => 300,
        share: () => 1,
      },
    );
    setInterval(() => {
      if (lane.queued > 0) lane.review();
    }, 250);
    return lane;
  });
}

it('sends at a slow rate, one after another, and keeps none of them in memory longer than its timeout: they pinned offsets for minutes', async () => {
  const lanes = fleet();
  const started: number[] = [];
  let longest = 0;
  const heldSince = Date.now();
  const run = async (n: number): Promise<void> => {
    for (let hops = 0; ; hops++) {
      const lane = lanes[(n + hops) % lanes.length]!;
      const cameAt = Date.now();
      const place = await lane.enter({ bytes: 1, backSince: hops > 0 ? heldSince : null, signal: { aborted: false } });
      longest = Math.max(longest, Date.now() - cameAt);
      if (place) {
        place.begin();
        started.push(Date.now());
        place.leave(true);
        return;
      }
      const tier = lane.hold({ order: heldSince + n / DELIVERIES, heldForMs: Date.now() - heldSince, unable: false });
      await new Promise((resolve) => setTimeout(resolve, tier.delayMs));
    }
  };
  for (let n = 0; n < DELIVERIES; n++) void run(n);
  await jest.advanceTimersByTimeAsync((DELIVERIES * 1_000 * 1.25) / PER_SECOND);
  expect(started).toHaveLength(DELIVERIES);
  expect(longest).toBeLessThanOrEqual(TIMEOUT_MS + 500);
  for (const [i, at] of started.entries()) if (i > 0) expect(at - (started[i - 1] ?? 0)).toBeGreaterThanOrEqual(1_000 / PER_SECOND - 50);
});
