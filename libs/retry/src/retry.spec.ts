import { describe, expect, it } from '@jest/globals';
import { tiers } from '@nuncio/contracts';
import fc from 'fast-check';
import { holdTier, longestHoldMs, matchesStatus, nextDue, nextTier, profiles, retryAfterMs } from './index.js';

const { standard, persona, webhookie } = profiles;

describe('the schedule', () => {
  it.each([
    ['persona', persona, [3, 64, 729, 4_096, 15_625, 46_656, 117_649]],
    ['webhookie', webhookie, [10, 30, 70]],
    ['standard', standard, [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]],
  ])('of %s is the published one and then ends', (_, { retry }, seconds) => {
    expect([...seconds.keys(), seconds.length].map((used) => nextDue(retry, used, 0, null, 0))).toEqual([...seconds.map((s) => s * 1_000), null]);
  });

  it('is never shortened, by jitter or by Retry-After', () => {
    fc.assert(
      fc.property(
        fc.nat(8),
        fc.nat(2_000_000_000),
        fc.option(fc.nat(200_000_000)),
        fc.double({ min: 0, max: 0.999999, noNaN: true }),
        (used, endedAt, asked, random) => {
          const { retry } = standard;
          const due = nextDue(retry, used, endedAt, asked, random) ?? 0;
          const delay = (retry.delaysSeconds[used] ?? 0) * 1_000;
          expect(due - endedAt).toBeGreaterThanOrEqual(Math.max(delay, Math.min(asked ?? 0, 86_400_000)));
          expect(due - endedAt).toBeLessThanOrEqual(Math.max(delay * 1.1, Math.min(asked ?? 0, 86_400_000)) + 1);
        },
      ),
    );
  });

  it('reads Retry-After in seconds and as a date', () => {
    const now = Date.parse('2026-01-01T00:00:00Z');
    expect(retryAfterMs('120', now)).toBe(120_000);
    expect(retryAfterMs('Thu, 01 Jan 2026 00:01:00 GMT', now)).toBe(60_000);
    expect(retryAfterMs('Wed, 31 Dec 2025 00:00:00 GMT', now)).toBe(0);
    expect(['65.2', '0.0001', `${'9'.repeat(400)}.5`].map((value) => retryAfterMs(value, now))).toEqual([65_200, 1, Infinity]);
    expect(['soon', '-1', '1.', '.5', '1,5', '1e3', '', undefined].map((value) => retryAfterMs(value, now))).toEqual(Array(8).fill(null));
  });

  it('reads every form of an HTTP date as UTC: asctime was taken for local time', () => {
    const now = Date.parse('2026-01-01T00:00:00Z');
    const forms = [
      'Thu, 01 Jan 2026 00:01:00 GMT',
      'Thu, 1 Jan 2026 00:01:00 GMT',
      'Thursday, 01-Jan-26 00:01:00 GMT',
      'Thu, 01-Jan-2026 00:01:00 GMT',
      'Thu Jan  1 00:01:00 2026',
      'Thu Jan 01 00:01:00 2026',
      ' Thu Jan  1 00:00:60 2026 ',
    ];
    expect(forms.map((form) => retryAfterMs(form, now))).toEqual(forms.map(() => 60_000));
  });

  it('reads a two-digit year as one at most fifty years ahead', () => {
    const now = Date.parse('2026-06-15T00:00:00Z');
    const yearOf = (form: string): number => new Date(now + (retryAfterMs(form, now) ?? NaN)).getUTCFullYear();
    expect(yearOf('Sunday, 06-Nov-27 08:49:37 GMT')).toBe(2027);
    expect(yearOf('Sunday, 06-Jan-76 08:49:37 GMT')).toBe(2076);
    // 1976 and 1994 are in the past, so the wait is 0.
    expect(['Sunday, 06-Nov-76 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT'].map((form) => retryAfterMs(form, now))).toEqual([0, 0]);
  });

  it.each([
    'Thu, 32 Jan 2026 00:01:00 GMT',
    'Mon, 30 Feb 2026 00:01:00 GMT',
    'Thu, 01 Foo 2026 00:01:00 GMT',
    'Thu, 01 Jan 2026 24:01:00 GMT',
    'Thu, 01 Jan 2026 00:01:00 PST',
    'Thu, 01 Jan 2026 00:01:00',
    'Thu Jan  1 00:01:00 2026 GMT',
    '2026-01-01T00:01:00Z',
    'Thursday',
    '60s',
    '６０',
  ])('ignores an invalid Retry-After: %s', (value) => {
    expect(retryAfterMs(value, Date.parse('2026-01-01T00:00:00Z'))).toBeNull();
  });

  it('knows statuses and their classes', () => {
    expect([200, 299, 300, 404].map((status) => matchesStatus(['2xx', 404], status))).toEqual([true, true, false, true]);
  });

  it('may hold as long as all its delays together, at least a day', () => {
    expect(longestHoldMs(webhookie.retry)).toBe(86_400_000);
    expect(longestHoldMs(standard.retry)).toBe(272_105_000);
  });
});

describe('the walk through the tiers', () => {
  it('ends at the due time, and is never late by itself, for any delay from 1 s to 14 days', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1_000, max: 1_209_600_000 }), fc.integer({ min: 0, max: 900 }), (delay, latenessMs) => {
        let [remaining, hops] = [delay, 0];
        for (let tier = nextTier(remaining, true); tier; tier = nextTier(remaining, false)) {
          remaining -= tier.delayMs + (remaining - tier.delayMs > latenessMs ? latenessMs : 0);
          hops += 1;
        }
        expect(remaining).toBeGreaterThanOrEqual(0);
        expect(remaining).toBeLessThan(2_000);
        expect(hops).toBeLessThan(80);
      }),
    );
  });

  it('uses the longest tier that leaves a second', () => {
    expect([1_000, 3_000, 64_000, 729_000, 117_649_000].map((ms) => nextTier(ms, true)?.name)).toEqual(['1s', '1s', '30s', '10m', '24h']);
    expect(nextTier(1_999, false)).toBeNull();
  });
});

describe('a hold', () => {
  it('takes as long as the expected wait, from 1 s to 10 minutes', () => {
    expect([0, 900, 5_500, 31_000, 400_000, 600_000, 9_000_000].map((ms) => holdTier(ms).name)).toEqual(['1s', '1s', '5s', '30s', '2m', '10m', '10m']);
  });

  it('uses existing tiers', () => {
    expect(tiers.map((tier) => tier.delayMs)).toEqual([1_000, 5_000, 30_000, 120_000, 600_000, 3_600_000, 21_600_000, 86_400_000]);
  });
});
