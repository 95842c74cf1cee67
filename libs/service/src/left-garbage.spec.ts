import { describe, expect, it } from '@jest/globals';
import { collectGarbage, LeftGarbage } from './left-garbage.js';

const MIB = 1_024 * 1_024;

function process() {
  const it = { live: 50, garbage: 0, share: 0.02, collections: 0 };
  const collect = (): void => {
    it.collections += 1;
    it.garbage = 0;
  };
  const left = new LeftGarbage({ usedBytes: () => (it.live + it.garbage) * MIB, loopShare: () => it.share, collect });
  return { it, left };
}

describe('LeftGarbage', () => {
  it('collects once when a burst is over, and not while it lasts', () => {
    const { it, left } = process();
    Object.assign(it, { garbage: 400, share: 1 });
    left.look();
    expect(it.collections).toBe(0);
    it.share = 0.05;
    left.look();
    left.look();
    expect(it.collections).toBe(1);
  });

  it('leaves little garbage alone, however long the process is quiet', () => {
    const { it, left } = process();
    for (let n = 0; n < 100; n++) {
      it.garbage = n % 60;
      left.look();
    }
    expect(it.collections).toBe(0);
  });

  it('collects once where the process really needs more, and learns that', () => {
    const { it, left } = process();
    it.live = 300;
    for (let n = 0; n < 10; n++) left.look();
    expect(it.collections).toBe(1);
    it.garbage = 100;
    left.look();
    expect(it.collections).toBe(2);
  });

  it('takes what V8 has collected itself as what is in use', () => {
    const { it, left } = process();
    it.live = 300;
    left.look();
    it.live = 50;
    left.look();
    it.garbage = 100;
    left.look();
    expect(it.collections).toBe(2);
  });
});

it('collects what nothing refers to any more', async () => {
  const lost = new WeakRef(Array.from({ length: 1_000 }, (_, n) => ({ n })));
  // Until the end of the job a WeakRef keeps what it was made of.
  await new Promise((resolve) => setImmediate(resolve));
  collectGarbage();
  expect(lost.deref()).toBeUndefined();
});
