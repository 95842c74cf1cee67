import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it, jest } from '@jest/globals';
import { Backlog, READ_AHEAD } from './backlog.js';

describe('Backlog', () => {
  it('is filled by records, or by their bytes', () => {
    const few = new Backlog();
    few.read(few.flow('a'), READ_AHEAD.bytes - 1);
    expect([few.fills(1), few.fills(0.5)]).toEqual([false, true]);
    few.read(few.flow('a'), 1);
    expect(few.fills(1)).toBe(true);
    const many = new Backlog();
    for (let n = 1; n < READ_AHEAD.records; n++) many.read(many.flow('a'), 0);
    expect([many.fills(1), many.fills(0.99)]).toEqual([false, true]);
    many.read(many.flow('a'), 0);
    expect(many.fills(1)).toBe(true);
    many.drop(many.flow('a'), 0);
    expect(many.fills(1)).toBe(false);
    few.drop(few.flow('a'), 1);
    expect(few.fills(1)).toBe(false);
  });

  it('is shared while records of more than one flow are here, and knows a flow by its name until then', () => {
    const backlog = new Backlog();
    const [a, b] = [backlog.flow('a'), backlog.flow('b')];
    backlog.read(a, 1);
    backlog.read(b, 1);
    backlog.read(b, 1);
    expect([backlog.flow('a') === a, backlog.isShared]).toEqual([true, true]);
    backlog.drop(b, 1);
    expect([backlog.flow('b') === b, backlog.isShared]).toEqual([true, true]);
    backlog.drop(b, 1);
    expect(backlog.flow('b')).not.toBe(b);
  });

  it('counts a flow as here for a moment after its last record: between two events of it, each partition gave its handler 500 of a burst', () => {
    jest.useFakeTimers();
    try {
      const backlog = new Backlog();
      const [burst, other] = [backlog.flow('burst'), backlog.flow('other')];
      for (const flow of [burst, other]) backlog.read(flow, 1);
      backlog.drop(other, 1);
      expect(backlog.isShared).toBe(true);
      jest.advanceTimersByTime(999);
      expect(backlog.isShared).toBe(true);
      jest.advanceTimersByTime(1);
      expect(backlog.isShared).toBe(false);
    } finally {
      jest.useRealTimers();
    }
  });

  it('gives handlers another batch of a flow while there is room, and at most four while other flows are here', async () => {
    const backlog = new Backlog();
    const one = backlog.flow('one');
    const handled = Array.from({ length: 4 }, () => Promise.withResolvers<undefined>());
    const during = handled.map(({ promise }, n) => {
      const counted = backlog.during(new Set([one]), promise.then(() => undefined));
      expect([one.batches, backlog.mayHandOver(one)]).toEqual([n + 1, true]);
      return counted;
    });
    const other = backlog.flow('other');
    expect([backlog.mayHandOver(one), backlog.mayHandOver(other)]).toEqual([false, true]);
    let room = 0;
    backlog.whenRoomInWork(() => { room += 1; });
    handled[0]?.resolve(undefined);
    await during[0];
    await turn();
    await turn();
    expect([one.batches, backlog.mayHandOver(one), room]).toEqual([3, true, 1]);
    backlog.grow(other, READ_AHEAD.pieces);
    expect([backlog.mayHandOver(one), backlog.mayHandOver(other)]).toEqual([false, false]);
  });

  it('is never shared by one flow', () => {
    const backlog = new Backlog();
    for (let n = 0; n < 3; n++) {
      const flow = backlog.flow('');
      backlog.read(flow, 1);
      backlog.drop(flow, 1);
      expect(backlog.isShared).toBe(false);
    }
  });

  it('gives a flow as much work as is left free for others', () => {
    const backlog = new Backlog();
    const [a, b] = [backlog.flow('a'), backlog.flow('b')];
    backlog.grow(a, READ_AHEAD.pieces / 2 - 1);
    expect([backlog.hasRoomInWork(a), backlog.hasRoomInWork(b)]).toEqual([true, true]);
    backlog.grow(a, 1);
    expect([backlog.hasRoomInWork(a), backlog.hasRoomInWork(b)]).toEqual([false, true]);
    backlog.grow(b, READ_AHEAD.pieces / 4);
    expect([backlog.hasRoomInWork(a), backlog.hasRoomInWork(b)]).toEqual([false, false]);
    backlog.grow(a, -READ_AHEAD.pieces / 2);
    expect([backlog.hasRoomInWork(a), backlog.hasRoomInWork(b)]).toEqual([true, true]);
  });

  it('calls everybody who waits for room once, in the turn after work has ended, however much ends', async () => {
    const backlog = new Backlog();
    const flow = backlog.flow('a');
    let [calls, others] = [0, 0];
    const again = (): void => {
      calls += 1;
      backlog.whenRoomInWork(again);
    };
    backlog.whenRoomInWork(again);
    backlog.whenRoomInWork(() => (others += 1));
    backlog.grow(flow, 3);
    await turn();
    expect([calls, others]).toEqual([0, 0]);
    backlog.grow(flow, -1);
    backlog.grow(flow, -1);
    expect([calls, others]).toEqual([0, 0]);
    await turn();
    await turn();
    expect([calls, others]).toEqual([1, 1]);
    // Who asks again is called when more has ended.
    backlog.grow(flow, -1);
    await turn();
    expect([calls, others]).toEqual([2, 1]);
  });
});
