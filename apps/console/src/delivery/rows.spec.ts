import { describe, expect, it } from '@jest/globals';
import { rowsOf } from './rows.js';

type Delivery = Parameters<typeof rowsOf>[0];

const at = (seconds: number): string => new Date(Date.UTC(2026, 0, 1) + seconds * 1_000).toISOString();
const entry = (fact: string, seconds: number, more: object = {}): object => ({ fact, at: at(seconds), number: null, reason: null, requestedBy: null, attempt: null, outcome: null, hold: null, ...more });
const attempt = (id: string, seconds: number, ms: number): object => ({ id, startedAt: at(seconds), timingsMs: { token: 0, total: ms }, response: { status: 503 }, error: { class: 'http' } });

const failedOnce = {
  createdAt: at(0), status: 'pending', attemptCount: 1, next: { step: 'later', notBefore: at(1_800) }, hold: null,
  attempts: [attempt('att_1', 41, 900)],
  timeline: [entry('published', 0), entry('held', 1, { hold: { for: 'no-token' } }), entry('held', 31, { hold: { for: 'no-token' } }), entry('attempted', 42, { number: 1, reason: 'first', attempt: 'att_1', outcome: 'failed' })],
} as unknown as Delivery;

describe('the timeline of a delivery', () => {
  it('says what happened, how long each waited and took, and what is due', () => {
    expect(rowsOf(failedOnce).map(({ name, result, waitedMs, tookMs, isDue }) => ({ name, result, waitedMs, tookMs, isDue }))).toEqual([
      { name: 'Published', result: '', waitedMs: null, tookMs: null, isDue: false },
      { name: 'Held', result: 'there is no token, 2 times', waitedMs: 1_000, tookMs: null, isDue: false },
      { name: 'Attempt 1', result: '503', waitedMs: 40_000, tookMs: 900, isDue: false },
      { name: 'Attempt 2', result: 'due', waitedMs: null, tookMs: null, isDue: true },
    ]);
  });

  it('draws a hold for as long as it lasted', () => {
    const [, held, attempted] = rowsOf(failedOnce);
    expect(held?.width).toBeGreaterThan(10);
    expect((held?.from ?? 0) + (held?.width ?? 0)).toBeCloseTo(attempted?.from ?? 0);
  });

  it('leaves something of the milliseconds to see beside hours of waiting, and nothing outside of the picture', () => {
    const rows = rowsOf(failedOnce);
    expect(rows.find(({ attempt: id }) => id === 'att_1')?.width).toBeGreaterThan(10);
    for (const { from, width } of rows) expect(from + width).toBeLessThanOrEqual(100.001);
  });
});
