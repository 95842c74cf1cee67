import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MAX_SPAN, OffsetTracker } from './offset-tracker.js';

const heir = (tracker: OffsetTracker): OffsetTracker => {
  const { offset, metadata } = tracker.snapshot();
  return new OffsetTracker(Number(offset), metadata);
};

describe('OffsetTracker', () => {
  it('commits behind the first unfinished record only', () => {
    const tracker = new OffsetTracker(10);
    for (const offset of [10, 11, 12]) tracker.begin(offset);
    tracker.done(11);
    expect(tracker.watermark).toBe(10);
    tracker.done(10);
    expect(tracker.watermark).toBe(12);
  });

  it('counts offsets that never came as finished', () => {
    const tracker = new OffsetTracker(0);
    tracker.begin(5);
    tracker.begin(9);
    tracker.done(5);
    expect(tracker.watermark).toBe(9);
    tracker.done(9);
    tracker.passOver(15);
    expect(tracker.watermark).toBe(15);
  });

  it('gives out no offset twice, whether it is in work or finished', () => {
    const tracker = new OffsetTracker(0);
    for (const offset of [0, 1]) tracker.begin(offset);
    tracker.done(1);
    expect([0, 1, 2].map((offset) => tracker.begin(offset))).toEqual([false, false, true]);
    expect([tracker.position, tracker.unfinished, tracker.watermark]).toEqual([3, 2, 0]);
  });

  it('has room for the one unfinished record of a full span that was inherited: its new owner stood still for ever', () => {
    const first = new OffsetTracker(0);
    for (let offset = 0; first.hasRoomFor(offset); offset++) first.begin(offset);
    for (let offset = 1; offset < MAX_SPAN; offset++) first.done(offset);
    expect(first.span).toBe(MAX_SPAN);
    const second = heir(first);
    expect(second.hasRoomFor(0)).toBe(true);
    expect(second.begin(0)).toBe(true);
    const again = Array.from({ length: MAX_SPAN - 1 }, (_, n) => n + 1).filter((offset) => second.begin(offset));
    expect(again).toEqual([]);
    expect(second.hasRoomFor(MAX_SPAN)).toBe(false);
    second.done(0);
    expect([second.watermark, second.hasRoomFor(MAX_SPAN)]).toEqual([MAX_SPAN, true]);
  });

  it('has room for the one unfinished record of a longer span, as releases before this one committed', () => {
    const tracker = new OffsetTracker(0, `1:${Buffer.alloc(3_000, 255).toString('base64')}`);
    expect(tracker.hasRoomFor(0)).toBe(true);
    expect(tracker.begin(0)).toBe(true);
    expect(heir(tracker).begin(24_000)).toBe(false);
    tracker.done(0);
    expect(tracker.watermark).toBe(24_001);
  });

  it('has no room far above what is in work, whatever is missing in between', () => {
    const tracker = new OffsetTracker(0);
    tracker.begin(0);
    expect([tracker.hasRoomFor(MAX_SPAN - 1), tracker.hasRoomFor(1_000_000)]).toEqual([true, false]);
  });

  it('hands on which parts of a record are finished, also of one that the next owner has not come to', () => {
    const first = new OffsetTracker(0);
    for (const offset of [0, 1, 2]) first.begin(offset);
    first.split(0, 100).done(99);
    const parts = first.split(2, 3);
    for (const part of [0, 2]) parts.done(part);
    const second = heir(first);
    second.begin(0);
    const third = heir(second);
    for (const offset of [0, 1, 2]) third.begin(offset);
    const done = (offset: number, count: number) => Array.from({ length: count }, (_, n) => n).filter((n) => third.split(offset, count).isDone(n));
    expect([done(0, 100), done(1, 5), done(2, 3)]).toEqual([[99], [], [0, 2]]);
  });

  it('lets no more records be split than a commit can tell of', () => {
    const tracker = new OffsetTracker(0);
    let split = 0;
    for (; tracker.hasRoomForParts; split++) {
      tracker.begin(split);
      tracker.split(split, 100).done(0);
    }
    expect(split).toBeGreaterThan(20);
    const next = heir(tracker);
    const told = Array.from({ length: split }, (_, offset) => next.begin(offset) && next.split(offset, 100).isDone(0));
    expect(told).toEqual(Array<boolean>(split).fill(true));
    tracker.done(0);
    expect(tracker.hasRoomForParts).toBe(true);
  });

  it('tells of all records that may be split, however much of the span above them is finished', () => {
    const tracker = new OffsetTracker(7);
    for (let offset = 7; tracker.hasRoomFor(offset); offset++) tracker.begin(offset);
    expect([tracker.watermark, tracker.span]).toEqual([7, MAX_SPAN]);
    for (let offset = 8; offset < MAX_SPAN; offset += 2) tracker.done(offset);
    tracker.done(6 + MAX_SPAN);
    const split: number[] = [];
    for (let offset = 7; tracker.hasRoomForParts; offset += 2) {
      tracker.split(offset, 100).done(99);
      split.push(offset);
    }
    const next = heir(tracker);
    expect(split.filter((offset) => !next.begin(offset) || !next.split(offset, 100).isDone(99))).toEqual([]);
    expect(next.begin(6 + MAX_SPAN)).toBe(false);
  });

  it('needs no room for the parts of a list, which a next owner may also find anew', () => {
    const tracker = new OffsetTracker(0);
    for (let offset = 0; offset < 100; offset++) {
      tracker.begin(offset);
      tracker.split(offset, 100, 0xbeef).done(0);
    }
    expect(tracker.hasRoomForParts).toBe(true);
  });

  it('keeps a record finished whose parts somebody asks for later', () => {
    const tracker = new OffsetTracker(0);
    tracker.begin(0);
    tracker.done(0);
    tracker.split(0, 3).done(1);
    expect([tracker.unfinished, tracker.watermark]).toEqual([0, 1]);
  });

  it('forgets everything from an offset on where the log was written anew, and nothing below it', () => {
    const former = new OffsetTracker(0);
    for (const offset of [0, 1, 2, 3, 4, 5]) former.begin(offset);
    for (const offset of [1, 4]) former.done(offset);
    for (const offset of [0, 2, 3, 5]) former.split(offset, 200).done(0);
    const tracker = heir(former);
    for (const offset of [0, 1, 2]) tracker.begin(offset);
    for (let offset = 6; tracker.hasRoomForParts; offset++) {
      tracker.begin(offset);
      tracker.split(offset, 200);
    }
    tracker.rewind(2);
    expect([tracker.position, tracker.watermark, tracker.unfinished, tracker.hasRoomForParts]).toEqual([2, 0, 1, true]);
    expect(tracker.split(0, 200).isDone(0)).toBe(true);
    // None of these is what the former owner had finished, or a part of it.
    for (const offset of [2, 3, 4, 5]) expect([offset, tracker.begin(offset), tracker.split(offset, 200).isDone(0)]).toEqual([offset, true, false]);
    const next = heir(tracker);
    expect([0, 1, 2, 3, 4, 5].filter((offset) => next.begin(offset))).toEqual([0, 2, 3, 4, 5]);
  });

  it('tells the parts of a list that each owner finds anew to whom finds the same list, and to nobody else', () => {
    const [first, count] = [new OffsetTracker(0), 5];
    first.begin(0);
    first.begin(1);
    first.split(0, count, 0xbeef).done(3);
    first.split(1, count, 0); // nothing of it is finished
    const done = (list: number): boolean[] => {
      const next = heir(heir(first));
      next.begin(0);
      const parts = next.split(0, count, list);
      return Array.from({ length: count }, (_, part) => parts.isDone(part));
    };
    expect(done(0xbeef)).toEqual([false, false, false, true, false]);
    for (const other of [0xbeee, 0, 0xffff]) expect(done(other)).toEqual(Array<boolean>(count).fill(false));
    const other = heir(first);
    other.begin(0);
    other.split(0, count, 0xcafe).done(1);
    const last = heir(other);
    last.begin(0);
    expect([1, 3].map((part) => last.split(0, count, 0xcafe).isDone(part))).toEqual([true, false]);
  });

  it('keeps what it says within what a broker takes', () => {
    const tracker = new OffsetTracker(0);
    for (let offset = 0; offset < MAX_SPAN; offset++) tracker.begin(offset);
    for (let offset = 1; offset < MAX_SPAN; offset += 2) tracker.done(offset);
    for (let offset = 0; offset < MAX_SPAN; offset += 200) tracker.split(offset, 100).done(99);
    expect(tracker.snapshot().metadata.length).toBeLessThanOrEqual(4_096);
  });

  it('gives out what is unfinished and nothing else, through any readings, outcomes and owners', () => {
    const END = 16;
    const PARTS = 4;
    const step = fc.oneof(
      fc.tuple(fc.constant('read' as const), fc.integer({ min: 1, max: 8 })),
      fc.tuple(fc.constant('pass over' as const), fc.nat(3)),
      fc.tuple(fc.constant('done' as const), fc.nat(END)),
      fc.tuple(fc.constant('part' as const), fc.nat(END * PARTS)),
      fc.tuple(fc.constant('part' as const), fc.nat(END * PARTS)),
      fc.tuple(fc.constant('owner' as const), fc.constant(0)),
    );
    fc.assert(
      fc.property(fc.subarray(Array.from({ length: END }, (_, n) => n), { minLength: 1 }), fc.array(step, { minLength: 20, maxLength: 60 }), (records, steps) => {
        // The naive model: which of the log's records are finished, and which this owner has in work.
        const finished = new Set<number>();
        const finishedParts = new Set<number>();
        const inWork = new Set<number>();
        let next = 0;
        let tracker = new OffsetTracker(0);
        const read = (offset: number): boolean => {
          if (!records.includes(offset)) return true;
          const begun = tracker.begin(offset);
          if (begun) inWork.add(offset);
          const parts = Array.from({ length: PARTS }, (_, part) => begun && tracker.split(offset, PARTS).isDone(part));
          return begun !== finished.has(offset) && parts.every((isDone, part) => isDone === (begun && finishedParts.has(offset * PARTS + part)));
        };
        const change = ([what, n]: (typeof steps)[number]): boolean => {
          const [offset, part] = [Math.floor(n / PARTS), n % PARTS];
          if (what === 'read') return Array.from({ length: Math.min(n, END - next) }).every(() => read(next++));
          if (what === 'pass over') {
            for (let left = n; left && next < END && !records.includes(next); left--) next++;
            tracker.passOver(next);
          } else if (what === 'done' && inWork.delete(n)) {
            tracker.done(n);
            finished.add(n);
          } else if (what === 'part' && inWork.has(offset)) {
            tracker.split(offset, PARTS).done(part);
            finishedParts.add(n);
          } else if (what === 'owner') {
            tracker = heir(tracker);
            next = tracker.watermark;
            inWork.clear();
          }
          return true;
        };
        const isRight = (): boolean => {
          const open = records.find((offset) => !finished.has(offset)) ?? END;
          return tracker.watermark <= open && records.every((offset) => offset >= tracker.watermark || finished.has(offset)) && tracker.unfinished === inWork.size;
        };
        for (const one of steps) expect([one, change(one), isRight()]).toEqual([one, true, true]);
        change(['owner', 0]);
        expect(change(['read', END])).toBe(true);
        expect([...inWork]).toEqual(records.filter((offset) => !finished.has(offset)));
      }),
    );
  });
});
