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
    ['ignores an ask nobody waits for', ask({ at: NOW - 300_001 }), known(), 'too-old'],
    ['answers an asker whose clock is minutes behind: it had no token at all', ask({ at: NOW - 240_000 }), known(), 1],
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

  it('pauses longer after each failure, while the credential stays the same', () => {
    expect(pauseAt(NOW, empty)).toBe(1_000);
    expect(pauseAt(NOW + 600, { entry: null, failure })).toBe(2_000);
    expect(pauseAt(NOW + 600, { entry: null, failure: { ...failure, version: 9 } })).toBe(1_000);
    expect(pauseAt(NOW + 600, { entry: null, failure }, { retryAfterMs: 90_000 })).toBe(90_000);
  });

  it('counts failures of Nuncio apart from those of the server', () => {
    const ours = { tokenError: { class: 'internal', httpStatus: null, code: null } } as const;
    const long = { ...failure, until: NOW + 30_000, at: NOW - 30_000 };
    expect(pauseAt(long.until, { entry: null, failure: long }, ours)).toBe(1_000);
    expect(pauseAt(long.until, { entry: null, failure: { ...long, ...ours } }, ours)).toBe(10_000);
    expect(pauseAt(long.until, { entry: null, failure: { ...long, ...ours } })).toBe(1_000);
  });

  it('lets a test inside a pause leave the pause unchanged', () => {
    expect(failureOf(fetch, refused(), known({ stored: { entry: null, failure } }), NOW)).toMatchObject({
      at: failure.at,
      until: failure.until,
      version: 12,
      generation: 5,
    });
  });
});

describe('merge', () => {
  it('takes the latest position, the newest generation, the most important reason and every test', () => {
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

/** A step of the model. `held`: how many generations behind the asker is. `paused`: the owner is stopped before it writes. */
type Step =
  | { readonly is: 'ask'; readonly held: number; readonly reason: Ask['reason']; readonly works: boolean; readonly paused: boolean }
  | { readonly is: 'late-write' | 'change' | 'wipe' }
  | { readonly is: 'wait'; readonly ms: number };

interface World {
  readonly at: number;
  readonly version: number;
  readonly stored: StoredToken;
  /** Entries that paused owners have not written yet. */
  readonly late: readonly TokenEntry[];
  /** The number of requests to the authorization server. */
  readonly fetches: number;
}

const begin: World = { at: NOW, version: 10, stored: empty, late: [], fetches: 0 };

function check(holds: boolean, sentence: string): void {
  if (!holds) throw new Error(sentence);
}

/** Compares and sets as Redis does. */
function put(stored: StoredToken, next: TokenEntry): StoredToken {
  const { entry: old } = stored;
  return old && (old.generation >= next.generation || old.version > next.version) ? stored : { entry: next, failure: null };
}

/** The world after a step. Throws if a promise is broken. */
function play(world: World, step: Step): World {
  const next = after(world, step);
  const [old, now] = [world.stored.entry, next.stored.entry];
  if (step.is !== 'wipe' && old && now !== old) {
    check(now !== null && now.generation > old.generation, 'a generation goes up');
    check(now !== null && now.version >= old.version, 'a version never goes back');
  }
  return next;
}

function after(world: World, step: Step): World {
  switch (step.is) {
    case 'wait':
      return { ...world, at: world.at + step.ms };
    case 'change':
      return { ...world, version: world.version + 1 };
    case 'wipe':
      return { ...world, stored: empty };
    case 'late-write':
      return { ...world, stored: world.late.reduce(put, world.stored), late: [] };
    case 'ask':
      return answer(world, step);
  }
}

function answer(world: World, { held, reason, works, paused }: Extract<Step, { is: 'ask' }>): World {
  const { at, version, stored } = world;
  const generation = Math.max(0, (stored.entry?.generation ?? 0) - held);
  const seen = { at, position: version, version, stored };
  const decision = decide(ask({ at, position: version, generation, reason }), seen);
  const need = { version, generation, position: version };
  const isAnswered = (by: StoredToken): boolean => answerFrom(by, need, at).is !== 'none';
  if (decision.do === 'nothing') {
    check(isAnswered(stored), 'nothing is done only where there is an answer');
    return world;
  }
  check(reason === 'test' || !isAnswered(stored), 'nothing is fetched that is there, but for a test');
  check(decision.generation > Math.max(generation, stored.entry?.generation ?? 0), 'what is fetched is newer than all there is');
  const fetches = world.fetches + 1;
  if (!works) {
    const failed = { ...stored, failure: failureOf(decision, { ok: false, tokenError: failure.tokenError, retryAfterMs: null }, seen, at) };
    check(isAnswered(failed), 'a failure is an answer');
    return { ...world, fetches, stored: failed };
  }
  const token = { ok: true, accessToken: new Secret('t'), expiresInSeconds: 30, scope: null } as const;
  const entry = entryOf(decision, token, 's1.x', at, 300);
  if (paused) return { ...world, fetches, late: [...world.late, entry] };
  const written = put(stored, entry);
  check(written.entry === entry && isAnswered(written), 'a token is stored, and is an answer');
  return { ...world, fetches, stored: written };
}

describe('the life of a token', () => {
  it('is consistent in every order of five events, including those of a paused owner', () => {
    const asks = (['miss', 'refused', 'test'] as const).flatMap((reason) => [true, false].map((works) => ({ is: 'ask', held: 0, reason, works, paused: false }) as const));
    const events: readonly Step[] = [
      ...asks,
      { is: 'ask', held: 1, reason: 'miss', works: true, paused: false },
      { is: 'ask', held: 0, reason: 'refresh', works: true, paused: true },
      { is: 'late-write' },
      { is: 'change' },
      { is: 'wipe' },
      { is: 'wait', ms: 1_000 },
      { is: 'wait', ms: 40_000 },
    ];
    let orders = 0;
    const explore = (world: World, depth: number): void => {
      if (depth === 0) orders += 1;
      else for (const event of events) explore(play(world, event), depth - 1);
    };
    explore(begin, 5);
    expect(orders).toBe(events.length ** 5);
  });

  it('is consistent in long orders', () => {
    const step: fc.Arbitrary<Step> = fc.oneof(
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
      { weight: 1, arbitrary: fc.record({ is: fc.constantFrom('late-write', 'change', 'wipe') }) },
      { weight: 2, arbitrary: fc.record({ is: fc.constant('wait' as const), ms: fc.nat(40_000) }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        steps.reduce(play, begin);
      }),
      { numRuns: 2_000 },
    );
  });

  it('finally asks a failing authorization server at most once a minute, however many ask', () => {
    let world = begin;
    const asked: number[] = [];
    for (let second = 0; second < 1_800; second++) {
      const before = world.fetches;
      for (let asker = 0; asker < 5; asker++) world = play(world, { is: 'ask', held: 0, reason: 'miss', works: false, paused: false });
      if (world.fetches > before) asked.push(second);
      world = play(world, { is: 'wait', ms: 1_000 });
    }
    expect(asked.slice(0, 7)).toEqual([0, 1, 3, 7, 15, 31, 63]);
    const pauses = asked.slice(7).map((second, i) => second - (asked[i + 6] ?? 0));
    expect(new Set(pauses)).toEqual(new Set([60]));
  });
});
