import { describe, expect, it } from '@jest/globals';
import { Bulkhead } from './bulkhead.js';
import type { LaneLimits } from './lane.js';
import type { Limiters } from './limiters.js';

const limits: LaneLimits = { concurrency: 1, perSecond: null, timeoutMs: 10_000 };
const clocks = { now: Date.now, patience: Date.now };
const capacity = { inFlight: 1_000, queued: { deliveries: 1_000, bytes: 1_000 } };
const concurrency: Limiters['concurrency'] = (_, demand) => ({ places: demand().total, admits: () => demand().inFlight < demand().total, ended: () => undefined });
const of = (id: string) => ({ id, tenant: 'acme' });
const entrant = { bytes: 1, backSince: null, signal: new AbortController().signal };

describe('the bulkhead', () => {
  it('counts over all lanes, and keeps those that have something in them', () => {
    const bulkhead = new Bulkhead({ rate: () => ({ take: () => true, nextInMs: 0 }), concurrency, share: () => 1 }, clocks, capacity);
    const busy = bulkhead.lane(of('busy'), limits);
    for (let n = 0; n < 3; n++) void busy.enter(entrant);
    bulkhead.lane(of('holding'), limits).hold({ order: 1, heldForMs: 0, unable: true });
    const idle = bulkhead.lane(of('idle'), limits);
    expect([bulkhead.inFlight, bulkhead.queued, bulkhead.held]).toEqual([1, 2, 1]);
    for (let n = 0; n < 1_000; n++) bulkhead.lane(of(`cb_${n}`), limits);
    expect(bulkhead.lane(of('busy'), limits)).toBe(busy);
    expect(bulkhead.lane(of('idle'), limits)).not.toBe(idle);
    bulkhead.forget('busy');
    expect([bulkhead.inFlight, bulkhead.queued, bulkhead.held]).toEqual([1, 2, 1]);
  });

  it('names the busiest of its lanes, and says how many it leaves out', () => {
    const bulkhead = new Bulkhead({ rate: () => ({ take: () => true, nextInMs: 0 }), concurrency, share: () => 1 }, clocks, capacity);
    const enter = (id: string, times: number, inFlight: number): void => {
      for (let n = 0; n < times; n++) void bulkhead.lane(of(id), { ...limits, concurrency: inFlight }).enter(entrant);
    };
    enter('one', 1, 1);
    enter('waits', 3, 1);
    enter('busy', 3, 3);
    bulkhead.lane(of('idle'), limits);
    const [busy, waits, one] = [{ callback: 'busy', inFlight: 3, queued: 0 }, { callback: 'waits', inFlight: 1, queued: 2 }, { callback: 'one', inFlight: 1, queued: 0 }];
    expect(bulkhead.busiest(2)).toEqual({ lanes: [busy, waits], leftOut: 1 });
    expect(bulkhead.busiest(3)).toEqual({ lanes: [busy, waits, one], leftOut: 0 });
  });

  it('changes the limits of a lane in use', () => {
    const asked: [string, number][] = [];
    const bulkhead = new Bulkhead(
      {
        rate: (callback, perSecond) => {
          asked.push([callback, perSecond]);
          return { take: () => true, nextInMs: 0 };
        },
        concurrency,
        share: () => 1,
      },
      clocks,
      capacity,
    );
    const lane = bulkhead.lane(of('cb'), limits);
    for (const perSecond of [5, 5, 7, null]) bulkhead.lane(of('cb'), { ...limits, concurrency: 2, perSecond });
    expect(asked).toEqual([
      ['cb', 5],
      ['cb', 7],
    ]);
    expect([lane.enter(entrant), lane.enter(entrant)].every((place) => !(place instanceof Promise))).toBe(true);
  });
});
