import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { LeasedRate, type Starts } from './leased-rate.js';

describe('a leased rate', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  /** A process that always wants to send, with the fleet's schedule in `schedule`. */
  function sender(perSecond: number, schedule: { next: number }, isIdle: () => boolean = () => false) {
    const sent: number[] = [];
    const leases: number[] = [];
    const go = (): void => {
      while (!isIdle() && rate.take(1_000, 10_000)) sent.push(Date.now());
    };
    const lease = (intervalMs: number, count: number): Promise<Starts> => {
      leases.push(count);
      const first = Math.max(schedule.next, Date.now() - 25);
      schedule.next = first + intervalMs * count;
      return Promise.resolve({ startsInMs: first - Date.now(), intervalMs, count });
    };
    const rate = new LeasedRate(perSecond, { lease, now: Date.now, wake: go });
    return { sent, leases, go };
  }

  it('never gives more than 5 % above the rate in any second, over three processes, and no less over ten', async () => {
    const schedule = { next: 0 };
    const fleet = [sender(200, schedule), sender(200, schedule), sender(200, schedule)];
    for (const { go } of fleet) go();
    await jest.advanceTimersByTimeAsync(10_000);
    const sent = fleet.flatMap((one) => one.sent).sort((a, b) => a - b);
    const busiest = Math.max(...sent.map((from, i) => sent.slice(i).filter((at) => at < from + 1_000).length));
    expect(busiest).toBeLessThanOrEqual(210);
    expect(sent.length).toBeGreaterThanOrEqual(1_980);
    for (const one of fleet) expect(one.sent.length).toBeGreaterThan(600);
  });

  it('asks once for 200 ms, and for no more than want to go', async () => {
    const { leases, go } = sender(1_000, { next: 0 });
    go();
    await jest.advanceTimersByTimeAsync(999);
    expect(leases.every((count) => count === 200)).toBe(true);
    expect(leases.length).toBeLessThanOrEqual(6);
  });

  it('loses what it did not take in time, instead of sending it as a burst', async () => {
    let busy = false;
    const { sent, go } = sender(1_000, { next: 0 }, () => busy);
    go();
    await jest.advanceTimersByTimeAsync(20);
    busy = true;
    await jest.advanceTimersByTimeAsync(150);
    const before = sent.length;
    busy = false;
    go();
    expect(sent.length - before).toBeLessThanOrEqual(27);
  });

  it('keeps a slow rate although its timer is late', async () => {
    const { sent, go } = sender(2, { next: 0 });
    go();
    await jest.advanceTimersByTimeAsync(5_000);
    expect(sent.length).toBeGreaterThanOrEqual(10);
    expect(sent.length).toBeLessThanOrEqual(11);
  });
});
