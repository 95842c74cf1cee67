import { describe, expect, it } from '@jest/globals';
import { ErrorClass, type RetryPolicy } from '@nuncio/contracts';
import type { Answer } from '@nuncio/egress';
import { profiles } from '@nuncio/retry';
import fc from 'fast-check';
import { decide } from './decide.js';
import { judge } from '../attempt/judge.js';
import type { Outcome } from '../attempt/outcome.js';

const { standard, persona, webhookie } = profiles;
const timings = { dns: null, connect: null, tls: null, firstByte: 1, total: 1 };
const answered = (status: number, headers = {}): Answer => ({ ok: true, status, headers, body: Buffer.alloc(0), truncated: false, timings });
const broken = (errorClass: ErrorClass | 'proxy'): Answer => ({ ok: false, error: { class: errorClass, detail: 'it broke' }, timings });

const next = (profile: { retry: RetryPolicy; onTokenFailure: 'retry' | 'block' | 'hold' }, outcome: Outcome, retriesUsed: number | null = 0) =>
  decide(outcome, { callback: profile, retriesUsed, endedAt: 1_000_000, random: 0 });

describe('judge', () => {
  it("holds nothing of the operator's egress proxy, or of this machine, against the endpoint", () => {
    for (const { retry } of [persona, webhookie, standard])
      for (const ours of ['proxy', 'internal'] as const) expect(judge(broken(ours), retry, 0)).toEqual({ kind: 'unavailable', detail: 'it broke' });
  });

  it.each([
    [persona, 206, 'failed'],
    [persona, 204, 'delivered'],
    [webhookie, 206, 'delivered'],
    [standard, 299, 'delivered'],
    [standard, 301, 'failed'],
  ])('of the %j profile: %i is %s', (profile, status, kind) => {
    expect(judge(answered(status), profile.retry, 0).kind).toBe(kind);
  });

  it.each([
    [500, true],
    [404, true],
    [401, true],
    [408, true],
    [429, true],
    [400, false],
    [403, false],
    [302, false],
    [410, false],
  ])('webhookie tries %i again: %s', (status, retriable) => {
    expect(judge(answered(status), webhookie.retry, 0)).toMatchObject({ retriable });
  });

  it('keeps redirects apart from other answers, and never takes one for success', () => {
    expect(judge(answered(302), standard.retry, 0)).toMatchObject({ errorClass: 'redirect', status: 302 });
  });

  it('calls a failed connection by its class', () => {
    expect(judge(broken('tls'), webhookie.retry, 0)).toMatchObject({ kind: 'failed', errorClass: 'tls', retriable: true });
  });
});

describe('decide', () => {
  const failed: Outcome = { kind: 'failed', errorClass: 'http', status: 503, detail: null, retriable: true, retryAfterMs: null };
  const noToken: Outcome = { kind: 'no-token', tokenError: { class: 'http', httpStatus: 401, code: 'invalid_client' } };

  it('schedules the next attempt from the end of the failed one', () => {
    expect(next(persona, failed, 1)).toEqual({ attempted: true, next: { step: 'later', notBefore: 1_064_000 }, signal: null });
  });

  it('gives up what has used up its schedule, or blocks its subscription, as the policy says', () => {
    expect(next(standard, failed, 9)).toEqual({ attempted: true, next: { step: 'dead' }, signal: null });
    expect(next(webhookie, failed, 3)).toEqual({ attempted: true, next: { step: 'parked' }, signal: 'exhausted' });
  });

  it('gives a resend by hand no schedule of its own, and blocks nothing for it', () => {
    for (const profile of [persona, webhookie, standard]) expect(next(profile, failed, null)).toEqual({ attempted: true, next: { step: 'dead' }, signal: null });
    expect(next(persona, noToken, null)).toEqual({ attempted: true, next: { step: 'dead' }, signal: null });
  });

  it('disables a callback that is gone, where the profile says so', () => {
    const gone = (retry: RetryPolicy): Outcome => judge(answered(410), retry, 0);
    expect(next(standard, gone(standard.retry))).toEqual({ attempted: true, next: { step: 'dead' }, signal: 'gone' });
    expect(next(persona, gone(persona.retry)).next.step).toBe('later');
    expect(next(webhookie, gone(webhookie.retry))).toEqual({ attempted: true, next: { step: 'dead' }, signal: null });
  });

  it('treats a missing token by policy, and our own outage as nobody’s failure', () => {
    expect(next(persona, noToken)).toMatchObject({ attempted: true, next: { step: 'later' } });
    expect(next(webhookie, noToken)).toEqual({ attempted: false, next: { step: 'parked' }, signal: 'token-refused' });
    expect(next(standard, noToken)).toEqual({ attempted: false, next: { step: 'held' }, signal: null });
    for (const profile of [persona, webhookie, standard])
      expect(next(profile, { kind: 'unavailable', detail: 'Redis is away' })).toEqual({ attempted: false, next: { step: 'held' }, signal: null });
  });

  it('spends at most one attempt per delay and one more, on any course of failures', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(persona, webhookie, standard),
        fc.array(fc.oneof(fc.integer({ min: 300, max: 599 }), fc.constantFrom(...ErrorClass.options)), { minLength: 30, maxLength: 30 }),
        (profile, course) => {
          let attempts = 0;
          for (const failure of course) {
            attempts += 1;
            const outcome = judge(typeof failure === 'number' ? answered(failure) : broken(failure), profile.retry, 0);
            if (next(profile, outcome, attempts - 1).next.step !== 'later') break;
          }
          expect(attempts).toBeLessThanOrEqual(profile.retry.delaysSeconds.length + 1);
        },
      ),
    );
  });
});
