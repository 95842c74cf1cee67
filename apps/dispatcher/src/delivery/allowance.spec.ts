import { expect, it } from '@jest/globals';
import { allowanceOf, isQuick } from './allowance.js';
import type { State } from './pace.js';

const room = { deliveries: 32_000, bytes: 64_000_000 };
const allowed = (state: State, places = 64): number => allowanceOf({ state, places, timeoutMs: 15_000, rate: null }, room, () => 0).deliveries;

it('takes for quick what is delivered sooner than it is held: a burst of 100,000 took three times as long, and kept the others waiting', () => {
  expect(isQuick({ is: 'answering', perSecond: 1_000 })).toBe(true);
  expect(isQuick({ is: 'answering', perSecond: 999 })).toBe(false);
  expect(isQuick({ is: 'unknown', forMs: 999, perSecond: null })).toBe(true);
  expect(isQuick({ is: 'unknown', forMs: 1_000, perSecond: null })).toBe(false);
  expect(isQuick({ is: 'silent' })).toBe(false);
});

it('lets wait what an endpoint answers within its timeout', () => {
  expect(allowed({ is: 'answering', perSecond: 2_000 })).toBe(30_000);
  expect(allowed({ is: 'answering', perSecond: 10 })).toBe(150);
  expect(allowed({ is: 'answering', perSecond: 1 })).toBe(64);
  expect(allowed({ is: 'unknown', forMs: 2_000, perSecond: null })).toBe(1_000);
  expect(allowed({ is: 'silent' })).toBe(64);
});
