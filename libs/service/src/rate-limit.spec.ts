import { expect, it } from '@jest/globals';
import { RateLimit } from './rate-limit.js';

it('allows a key its rate, with a burst of one second, and says when to try again', () => {
  const limit = new RateLimit(10);
  const at = (now: number, key = 'a'): number => limit.take(key, now);
  expect(Array.from({ length: 10 }, () => at(0))).toEqual(Array.from({ length: 10 }, () => 0));
  expect(at(0)).toBe(100);
  expect(at(0, 'b')).toBe(0);
  expect(at(50)).toBe(50);
  expect([at(100), at(100)]).toEqual([0, 100]);
  expect(Array.from({ length: 11 }, () => at(60_000)).filter((wait) => wait === 0)).toHaveLength(10);
});
