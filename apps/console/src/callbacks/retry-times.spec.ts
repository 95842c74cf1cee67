import { expect, it } from '@jest/globals';
import { plannedAttempts, waitOf } from './retry-times.js';

it('adds up the waits; jitter only makes them longer', () => {
  expect(plannedAttempts([5, 300], 0.1)).toEqual([
    { number: 2, waitMs: 5_000, earliestMs: 5_000, latestMs: 5_500 },
    { number: 3, waitMs: 300_000, earliestMs: 305_000, latestMs: 335_500 },
  ]);
  expect(plannedAttempts([], 0.1)).toEqual([]);
});

it('says how long a wait is, to its second unit', () => {
  expect([1_000, 10_000, 70_000, 72_000_000, 335_500, 50_700_000, 299_900, 500].map(waitOf)).toEqual(['1 s', '10 s', '1 min 10 s', '20 h', '5 min 36 s', '14 h 5 min', '5 min', '0.5 s']);
});
