import { describe, expect, it } from '@jest/globals';
import { Bulkhead } from './bulkhead.js';
import type { LaneLimits } from './lane.js';

const limits: LaneLimits = { concurrency: 1, perSecond: null, timeoutMs: 10_000 };
const clocks = { now: Date.now, patience: Date.now };
const entrant = { bytes: 1, backSince: null, signal: new AbortController().signal };

describe('the bulkhead', () => {
  it('counts over all lanes, and keeps those that have something in them', () => {
    const bulkhead = new Bulkhead(() => ({ take: () => true }), clocks);
    const busy = bulkhead.lane('busy', limits);
    for (let n = 0; n < 3; n++) void busy.enter(entrant);
    bulkhead.lane('holding', limits).held.add(30_000);
    const idle = bulkhead.lane('idle', limits);
    expect([bulkhead.inFlight, bulkhead.queued, bulkhead.held]).toEqual([1, 2, 1]);
    for (let n = 0; n < 1_000; n++) bulkhead.lane(`cb_${n}`, limits);
    expect(bulkhead.lane('busy', limits)).toBe(busy);
    expect(bulkhead.lane('idle', limits)).not.toBe(idle);
    bulkhead.forget('busy');
    expect([bulkhead.inFlight, bulkhead.queued, bulkhead.held]).toEqual([1, 2, 1]);
  });

  it('changes the limits of a lane in use', () => {
    const asked: [string, number][] = [];
    const bulkhead = new Bulkhead((callback, perSecond) => {
      asked.push([callback, perSecond]);
      return { take: () => true };
    }, clocks);
    const lane = bulkhead.lane('cb', limits);
    for (const perSecond of [5, 5, 7, null]) bulkhead.lane('cb', { ...limits, concurrency: 2, perSecond });
    expect(asked).toEqual([
      ['cb', 5],
      ['cb', 7],
    ]);
    expect([lane.enter(entrant), lane.enter(entrant)].every((place) => !(place instanceof Promise))).toBe(true);
  });
});
