import { describe, expect, it } from '@jest/globals';
import { Slices } from './slices.js';

const work = (ms: number): void => {
  for (const until = performance.now() + ms; performance.now() < until; );
};

describe('long work in slices', () => {
  it('goes on while a slice is short, and lets others work once it was long', async () => {
    const slices = new Slices();
    expect(slices.next()).toBeUndefined();
    let others = 0;
    setImmediate(() => (others += 1));
    work(5);
    await slices.next();
    expect([others, slices.next()]).toEqual([1, undefined]);
  });
});
