import { describe, expect, it } from '@jest/globals';
import { answerFrom, type RefusedToken, type StoredToken } from '@nuncio/auth';
import type { TokenEntry, TokenFailure } from '@nuncio/contracts';
import { Secret } from '@nuncio/sealing';
import fc from 'fast-check';
import { merge, type Ask } from './ask.js';
import { decide, entryOf, failureOf, type Decision, type Known } from './token-life.js';

const NOW = 1_000_000;
const empty: StoredToken = { entry: null, failure: null };
const entry: TokenEntry = { generation: 5, version: 10, token: 's1.x', receivedAt: NOW - 1_000, usableUntil: NOW + 60_000 };
const failure: TokenFailure = { version: 10, generation: 5, at: NOW - 400, until: NOW + 600, tokenError: { class: 'http', httpStatus: 503, code: null } };
const ask = (over: Partial<Ask> = {}): Ask => ({ credential: 'cred_1', position: 10, generation: 0, reason: 'miss', at: NOW, correlations: [], ...over });
const known = (over: Partial<Known> = {}): Known => ({ at: NOW, position: 12, version: 10, stored: empty, ...over });
const said = (decision: Decision): string | number => (decision.do === 'fetch' ? decision.generation : decision.because);

describe('decide', () => {
  it.each([
    ['ignores an ask nobody waits for', ask({ at: NOW - 15_001 }), known(), 'too-old'],
    ['ignores an ask ahead of our view', ask({ position: 13 }), known(), 'behind'],
    ['ignores an ask of a deleted credential', ask(), known({ version: null }), 'unknown'],
    ['fetches the first token', ask(), known(), 1],
    ['begins above what the asker holds when Redis was wiped', ask({ generation: 7 }), known(), 8],
    ['leaves it at a token newer than the one held', ask({ generation: 4, reason: 'refresh' }), known({ stored: { entry, failure } }), 'answered'],
    ['leaves it at a token newer than the one refused', ask({ generation: 4, reason: 'refused' }), known({ stored: { entry, failure: null } }), 'answered'],
    ['replaces a refused token', ask({ generation: 5, reason: 'refused' }), known({ stored: { entry, failure: null } }), 6],
    ['refreshes ahead', ask({ generation: 5, reason: 'refresh' }), known({ stored: { entry, failure: null } }), 6],
    ['replaces a token of an older version of the credential', ask({ generation: 2 }), known({ version: 11, stored: { entry, failure: null } }), 6],
    ['leaves the server alone while a failure pauses', ask({ generation: 5 }), known({ stored: { entry, failure } }), 'answered'],
    ['probes once the pause is over', ask({ generation: 5 }), known({ at: NOW + 600, stored: { entry: null, failure } }), 6],
    ['probes when an unblocking came after the failure', ask({ generation: 5, position: 11 }), known({ stored: { entry: null, failure } }), 6],
    ['tests past the cache and past a pause', ask({ reason: 'test' }), known({ stored: { entry, failure } }), 6],
  ])('%s', (_, given, world, expected) => {
    expect(said(decide(given, world))).toBe(expected);
  });
});

describe('failureOf', () => {
  const fetch = { do: 'fetch', version: 10, generation: 6 } as const;
  const refused = (over: Partial<RefusedToken> = {}): RefusedToken => ({ ok: false, tokenError: failure.tokenError, retryAfterMs: null, ...over });
  const pauseAt = (at: number, stored: StoredToken, over: Partial<RefusedToken> = {}): number =>
    failureOf(fetch, refused(over), known({ stored }), at).until - at;

  it('pauses longer with each failure, as long as the credential is the same', () => {
    expect(pauseAt(NOW, empty)).toBe(1_000);
    expect(pauseAt(NOW + 600, { entry: null, failure })).toBe(2_000);
    expect(pauseAt(NOW + 600, { entry: null, failure: { ...failure, version: 9 } })).toBe(1_000);
    expect(pauseAt(NOW + 600, { entry: null, failure }, { retryAfterMs: 90_000 })).toBe(90_000);
  });

  it('lets a test inside a pause leave the pause as it is', () => {
    expect(failureOf(fetch, refused(), known({ stored: { entry: null, failure } }), NOW)).toMatchObject({
      at: failure.at,
      until: failure.until,
      version: 12,
      generation: 5,
    });
  });
});

describe('merge', () => {
  it('takes the latest position, the newest generation, the weightiest reason and every test', () => {
    const request = { credential: 'cred_1', position: 10, generation: 0, reason: 'miss', at: NOW, correlation: null } as const;
    expect(
      merge([
        request,
        { ...request, position: 12, at: NOW + 5 },
        { ...request, generation: 3, reason: 'refused' },
        { ...request, reason: 'test', correlation: 'a' },
        { ...request, reason: 'test', correlation: 'b' },
      ]),
    ).toEqual({ credential: 'cred_1', position: 12, generation: 3, reason: 'test', at: NOW + 5, correlations: ['a', 'b'] });
  });
});

/** Any order of asks, answers, failures, changes, wipes, waits, and writes of an owner that was paused in the middle. */
describe('the life of a token, over all orders', () => {
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        is: fc.constant('ask' as const),
        held: fc.nat(3),
        reason: fc.constantFrom('miss', 'refresh', 'refused', 'test'),
        works: fc.boolean(),
        paused: fc.boolean(),
      }),
    },
    { weight: 1, arbitrary: fc.record({ is: fc.constant('late-write' as const) }) },
    { weight: 1, arbitrary: fc.record({ is: fc.constant('change' as const) }) },
    { weight: 1, arbitrary: fc.record({ is: fc.constant('wipe' as const) }) },
    { weight: 2, arbitrary: fc.record({ is: fc.constant('wait' as const), ms: fc.nat(40_000) }) },
  );

  it('never goes back a generation or a version, and every ask that is acted on has an answer', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let at = NOW;
        let version = 10;
        let stored: StoredToken = empty;
        const late: TokenEntry[] = [];
        const put = (next: TokenEntry): boolean => {
          if (stored.entry && (stored.entry.generation >= next.generation || stored.entry.version > next.version)) return false;
          stored = { entry: next, failure: null };
          return true;
        };
        for (const s of steps) {
          const before = stored.entry;
          if (s.is === 'wait') at += s.ms;
          else if (s.is === 'change') version += 1;
          else if (s.is === 'wipe') stored = empty;
          else if (s.is === 'late-write') late.splice(0).forEach(put);
          else {
            const generation = Math.max(0, (stored.entry?.generation ?? 0) - s.held);
            const given = ask({ at, position: version, generation, reason: s.reason });
            const world = { at, position: version, version, stored };
            const decision = decide(given, world);
            const need = { version, generation, position: version };
            if (decision.do === 'nothing') expect(answerFrom(stored, need, at).is).not.toBe('none');
            else if (s.works) {
              const token = { ok: true, accessToken: new Secret('t'), expiresInSeconds: 30, scope: null } as const;
              const next = entryOf(decision, token, 's1.x', at, 300);
              expect(next.generation).toBeGreaterThan(Math.max(generation, stored.entry?.generation ?? 0));
              if (s.paused) late.push(next);
              else expect(put(next)).toBe(true);
            } else stored = { ...stored, failure: failureOf(decision, { ok: false, tokenError: failure.tokenError, retryAfterMs: null }, world, at) };
            if (!(decision.do === 'fetch' && s.works && s.paused)) expect(answerFrom(stored, need, at).is).not.toBe('none');
          }
          if (s.is !== 'wipe' && before && stored.entry !== before) {
            expect(stored.entry?.generation).toBeGreaterThan(before.generation);
            expect(stored.entry?.version).toBeGreaterThanOrEqual(before.version);
          }
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
