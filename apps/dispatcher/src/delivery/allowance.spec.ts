import { expect, it } from '@jest/globals';
import { allowanceOf, expectedWaitMs, isQuick } from './allowance.js';
import type { State } from './pace.js';

const room = { deliveries: 32_000, bytes: 64_000_000 };
const answering = (perSecond: number, usualPerSecond = perSecond, forMs = 60_000): State => ({ is: 'answering', perSecond, usualPerSecond, forMs });
const waitMs = (state: State, ahead: number, silenceMs = 0): number => expectedWaitMs({ state, places: 2, timeoutMs: 2_000, rate: null }, ahead, silenceMs);
const allowed = (state: State, places = 64): number => allowanceOf({ state, places, timeoutMs: 15_000, rate: null }, room, () => 0).deliveries;

it('takes for quick what is delivered sooner than it is held: a burst of 100,000 took three times as long, and kept the others waiting', () => {
  expect(isQuick(answering(1_000))).toBe(true);
  expect(isQuick(answering(999))).toBe(false);
  expect(isQuick({ is: 'unknown', forMs: 999, perSecond: null })).toBe(true);
  expect(isQuick({ is: 'unknown', forMs: 1_000, perSecond: null })).toBe(false);
  expect(isQuick({ is: 'silent' })).toBe(false);
});

it('lets wait what an endpoint answers within its timeout', () => {
  expect(allowed(answering(2_000))).toBe(30_000);
  expect(allowed(answering(10))).toBe(150);
  expect(allowed(answering(1))).toBe(64);
  expect(allowed({ is: 'unknown', forMs: 2_000, perSecond: null })).toBe(1_000);
  expect(allowed({ is: 'silent' })).toBe(64);
});

it('expects what waits behind others to start at the pace that is usual: what waited for an endpoint that hung for two seconds came two minutes later', () => {
  expect(waitMs(answering(30), 150)).toBe(5_000);
  expect(waitMs(answering(1, 25), 150, 2_000)).toBe(6_000);
  expect(waitMs(answering(1, 25), 0, 8_000)).toBe(2_000);
  expect(waitMs({ is: 'silent' }, 150, 8_000)).toBe(2_000);
});

it('does not foretell an hour from what it has seen for seconds', () => {
  expect(waitMs(answering(1, 1, 2_000), 3_600)).toBe(8_000);
  expect(waitMs(answering(1, 1, 3_600_000), 3_600)).toBe(3_600_000);
  expect(waitMs({ is: 'unknown', forMs: 2_000, perSecond: 1 }, 3_600)).toBe(8_000);
});
