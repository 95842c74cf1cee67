import { describe, expect, it } from '@jest/globals';
import { planOf } from './plan.js';

type Waiting = Parameters<typeof planOf>[0];
const waiting = (...reasons: string[]): Waiting => ({ next: { step: 'later', notBefore: '2026-01-01T00:00:00.000Z' }, attemptCount: reasons.length, attempts: reasons.map((reason) => ({ reason })) }) as unknown as Waiting;
const policy = { delaysSeconds: [5, 300, 1_800, 7_200] };

describe('the plan of a delivery', () => {
  it('has the attempts that follow the one that is due, each after all before it', () => {
    expect(planOf(waiting('first', 'retry'), policy)).toEqual([
      { number: 4, afterMs: 1_800_000 },
      { number: 5, afterMs: 9_000_000 },
    ]);
  });

  it('begins anew with what was asked for', () => {
    expect(planOf(waiting('first', 'retry', 'retry', 'retry', 'retry', 'replay'), policy).map(({ number }) => number)).toEqual([8, 9, 10]);
  });

  it('is empty where the attempt that is due is the last one, and where none is', () => {
    expect(planOf(waiting('first', 'retry', 'retry', 'retry'), policy)).toEqual([]);
    expect(planOf({ ...waiting('first'), next: { step: 'done' } }, policy)).toEqual([]);
  });
});
