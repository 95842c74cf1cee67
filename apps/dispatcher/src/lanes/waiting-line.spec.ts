import { describe, expect, it } from '@jest/globals';
import { WaitingLine, type Waiting } from './waiting-line.js';

interface Named extends Waiting {
  readonly name: string;
}

/** A line, and the names of those that leave it. */
function line() {
  const clock = { now: 10_000 };
  const one = new WaitingLine<Named>(() => clock.now);
  const nameOf = (waiting: Named | undefined): string | undefined => waiting?.name;
  return {
    clock,
    one,
    fresh: (...names: string[]) => { for (const name of names) one.push({ name, bytes: 5, since: clock.now, backSince: null }); },
    back: (name: string, backSince: number) => { one.push({ name, bytes: 7, since: clock.now, backSince }); },
    all: () => Array.from({ length: one.length }, () => nameOf(one.shift())),
    given: (fresh: number, times: number) => Array.from({ length: times }, () => nameOf(one.pop({ fresh, deliveries: fresh, bytes: 0 }))),
  };
}

describe('a waiting line', () => {
  it('lets every second one be a returning one, whatever comes: fresh ones as they came, returning ones as they were first held', () => {
    const { all, back, fresh, one } = line();
    fresh('f1', 'f2');
    back('r2', 200);
    back('r3', 200);
    back('r1', 100);
    fresh('f3', 'f4', 'f5');
    expect(all()).toEqual(['r1', 'f1', 'r2', 'f2', 'r3', 'f3', 'f4', 'f5']);
    expect([one.length, one.bytes, one.shift()]).toEqual([0, 0, undefined]);
    back('r4', 300);
    back('r5', 300);
    expect(all()).toEqual(['r4', 'r5']);
  });

  it('gives up the last of the fresh ones beyond their allowance, or while they are no fewer than the returning ones, and else of those', () => {
    const { back, clock, fresh, given } = line();
    fresh('f1', 'f2', 'f3', 'f4');
    for (const n of [1, 2, 3]) back(`r${n}`, n);
    clock.now += 1_000;
    expect(given(3, 6)).toEqual(['f4', 'f3', 'r3', 'f2', 'r2', 'f1']);
    expect(given(3, 2)).toEqual(['r1', undefined]);
    fresh('f1', 'f2');
    for (const n of [1, 2, 3, 4]) back(`r${n}`, n);
    clock.now += 1_000;
    expect(given(2, 1)).toEqual(['r4']);
    expect(given(0, 3)).toEqual(['f2', 'f1', 'r3']);
  });

  it('gives up the last of the fresh ones, however long the others have waited', () => {
    const { clock, fresh, given } = line();
    fresh('f1');
    clock.now += 1_000;
    fresh('f2');
    expect(given(0, 3)).toEqual(['f2', 'f1', undefined]);
  });

  it('gives up those that have just returned only when nobody else is left', () => {
    const { back, clock, given, one } = line();
    back('r1', 1);
    back('r3', 3);
    clock.now += 500;
    back('r2', 2);
    back('r4', 4);
    expect(one.justReturned).toBe(4);
    clock.now += 500;
    expect(one.justReturned).toBe(2);
    expect(given(0, 4)).toEqual(['r3', 'r1', 'r4', 'r2']);
  });

  it('asks the clock as often however many wait, since every arrival asks who has just returned', () => {
    let asked = 0;
    const one = new WaitingLine<Named>(() => (asked += 1, 10_000));
    const back = (n: number): void => { one.push({ name: `r${n}`, bytes: 7, since: 10_000, backSince: n }); };
    for (let n = 0; n < 1_000; n++) back(n);
    for (let n = 1_000; n < 2_000; n++) {
      back(n);
      expect(one.justReturned).toBe(1_001);
      expect(one.pop({ fresh: 0, deliveries: 1_000, bytes: 0 })?.name).toBe(`r${n}`);
    }
    expect(asked).toBe(2_000);
    expect(one.justReturned).toBe(1_000);
  });

  it('ends the probation of those that have left, and of each at its own time', () => {
    const { back, clock, one, given } = line();
    back('r1', 1);
    clock.now += 600;
    back('r2', 2);
    back('r3', 3);
    expect(one.justReturned).toBe(3);
    one.shift();
    expect(one.justReturned).toBe(2);
    one.takeOut(({ name }) => name === 'r2');
    expect(one.justReturned).toBe(1);
    back('r0', 0);
    clock.now += 999;
    expect(one.justReturned).toBe(2);
    clock.now += 1;
    expect([one.justReturned, one.length]).toEqual([0, 2]);
    expect(given(0, 2)).toEqual(['r3', 'r0']);
  });

  it('counts the bytes of those that wait', () => {
    const { back, fresh, given, one } = line();
    fresh('f1', 'f2');
    back('r1', 1);
    expect([one.length, one.bytes]).toEqual([3, 17]);
    one.shift();
    expect([one.length, one.bytes]).toEqual([2, 10]);
    given(1, 1);
    expect([one.length, one.bytes]).toEqual([1, 5]);
    back('r2', 2);
    expect(one.takeOut(({ bytes }) => bytes > 0).map(({ name }) => name)).toEqual(['f1', 'r2']);
    expect([one.length, one.bytes]).toEqual([0, 0]);
  });
});
