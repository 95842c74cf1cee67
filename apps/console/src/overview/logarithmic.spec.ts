import { expect, it } from '@jest/globals';
import { decades, heightOf, lineOf } from './logarithmic.js';

it('has a scale around all values, of two decades at least', () => {
  expect(decades([])).toBeNull();
  expect(decades([12, 15_000])).toEqual([10, 100, 1_000, 10_000, 100_000]);
  expect(decades([100])).toEqual([100, 1_000]);
  expect(decades([0.4])).toEqual([1, 10]);
});

it('gives each factor of ten the same height', () => {
  expect([1, 10, 100, 0.1].map((value) => heightOf(value, [1, 10, 100]))).toEqual([0, 0.5, 1, 0]);
});

it('draws a piece for each value, and a gap where there is none', () => {
  expect(lineOf([1, 100, null, 10], [1, 10, 100], { width: 40, height: 100 })).toBe('M0 100H10V0H20M30 50H40');
});
