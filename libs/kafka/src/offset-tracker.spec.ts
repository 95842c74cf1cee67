import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MAX_SPAN, OffsetTracker } from './offset-tracker.js';

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
  });

  it('hands to a new owner exactly what was unfinished', () => {
    fc.assert(
      fc.property(fc.nat(1_000), fc.uniqueArray(fc.nat(300), { minLength: 1 }), fc.func(fc.boolean()), (base, gaps, isFinished) => {
        const offsets = gaps.map((gap) => base + gap).sort((a, b) => a - b);
        const first = new OffsetTracker(base);
        for (const offset of offsets) first.begin(offset);
        const unfinished = offsets.filter((offset) => !isFinished(offset));
        for (const offset of offsets) if (!unfinished.includes(offset)) first.done(offset);

        const { offset, metadata } = first.snapshot();
        const second = new OffsetTracker(Number(offset), metadata);
        const redone = offsets.filter((o) => o >= Number(offset)).filter((o) => second.begin(o));
        expect(redone).toEqual(unfinished);
      }),
    );
  });

  it('does not forget what a former owner finished while it is still being read again', () => {
    const first = new OffsetTracker(0);
    for (let offset = 0; offset < 10; offset++) first.begin(offset);
    for (const offset of [3, 4, 8]) first.done(offset);
    const snapshot = first.snapshot();
    const second = new OffsetTracker(Number(snapshot.offset), snapshot.metadata);
    second.begin(0);
    second.done(0);
    const third = new OffsetTracker(...(Object.values(second.snapshot()).map((v, i) => (i ? v : Number(v))) as [number, string]));
    expect([1, 2, 3, 4, 5, 6, 7, 8, 9].filter((offset) => third.begin(offset))).toEqual([1, 2, 5, 6, 7, 9]);
  });

  it('fits the metadata of a commit at the longest span', () => {
    const tracker = new OffsetTracker(0);
    for (let offset = 0; offset < MAX_SPAN; offset++) tracker.begin(offset);
    for (let offset = 1; offset < MAX_SPAN; offset++) tracker.done(offset);
    expect(tracker.span).toBe(MAX_SPAN);
    expect(tracker.snapshot().metadata.length).toBeLessThanOrEqual(4_096);
  });

  it('takes metadata of another making for none', () => {
    expect(new OffsetTracker(3, 'consumer-7').begin(3)).toBe(true);
  });
});
