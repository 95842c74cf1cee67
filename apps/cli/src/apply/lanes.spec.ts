import { expect, it } from '@jest/globals';
import { Refused } from '../refused.js';
import { inLanes } from './lanes.js';

const full = new Refused('full', 429, {}, 0);
const { signal } = new AbortController();
const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

it('does each task once, repeats those that were refused for load, and then runs fewer at a time', async () => {
  const done: number[] = [];
  const atOnce: number[] = [];
  const refused = new Set(numbers(16));
  let now = 0;
  await inLanes(numbers(60), signal, async (n) => {
    atOnce.push(++now);
    await Promise.resolve();
    now--;
    if (refused.delete(n)) throw full;
    done.push(n);
  });
  expect(done.sort((a, b) => a - b)).toEqual(numbers(60));
  expect(Math.max(...atOnce)).toBe(16);
  expect(Math.max(...atOnce.slice(-40))).toBeLessThanOrEqual(4);
});

it('begins nothing once it is interrupted, and lets running tasks end', async () => {
  const interrupted = new AbortController();
  let [begun, ended] = [0, 0];
  await inLanes(numbers(60), interrupted.signal, async () => {
    if (++begun === 16) interrupted.abort();
    await Promise.resolve();
    ended++;
  });
  expect([begun, ended]).toEqual([16, 16]);
});

it('gives up on a task that is refused', async () => {
  const refused = new Refused('no', 422, {}, null);
  await expect(inLanes(numbers(3), signal, () => Promise.reject(refused))).rejects.toBe(refused);
});
