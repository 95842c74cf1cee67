import { answerFrom, failurePauseMs, isOurFailure, usableUntil, type GrantedToken, type RefusedToken, type StoredToken } from '@nuncio/auth';
import { type Sealed, type TokenEntry, type TokenFailure } from '@nuncio/contracts';
import type { Ask } from './ask.js';

/**
 * What the owner knows when it decides about an ask. `position`: that of its view of configuration. `version`: the credential's in that view (null =
 * it does not exist).
 */
export interface Known {
  readonly at: number;
  readonly position: number;
  readonly version: number | null;
  readonly stored: StoredToken;
}

/** The asker's clock may be behind this one. A token fetched although nobody waits any more serves the next asker. */
const OLD_AFTER_MS = 300_000;

export type Decision =
  /**
   * `too-old`: nobody has waited for minutes. `behind`: this view did not reach the asker's position in time. `unknown`: the credential was deleted.
   * `answered`: what is stored is the answer.
   */
  | { readonly do: 'nothing'; readonly because: 'too-old' | 'behind' | 'unknown' | 'answered' }
  | { readonly do: 'fetch'; readonly version: number; readonly generation: number };

/**
 * Decides what to do with an ask, as the only writer of tokens:
 *
 * | stored | ask | do |
 * |---|---|---|
 * | anything | in its topic for more than 5 min; ahead of this view; of no credential | nothing |
 * | anything | test | fetch |
 * | usable token of this version, newer than the asker's | miss, refresh, refused | nothing: it is the answer |
 * | failure in its pause, not cleared since | miss, refresh, refused | nothing: it is the answer |
 * | else | miss, refresh, refused | fetch |
 *
 * The next generation is above the stored one and the asker's. So a former owner's late write loses, and after Redis was wiped generations start
 * above both.
 */
export function decide(ask: Ask, { at, position, version, stored }: Known): Decision {
  if (at - ask.at > OLD_AFTER_MS) return { do: 'nothing', because: 'too-old' };
  if (position < ask.position) return { do: 'nothing', because: 'behind' };
  if (version === null) return { do: 'nothing', because: 'unknown' };
  const need = { version, generation: ask.generation, position: ask.position };
  if (ask.reason !== 'test' && answerFrom(stored, need, at).is !== 'none') return { do: 'nothing', because: 'answered' };
  return { do: 'fetch', version, generation: Math.max(stored.entry?.generation ?? 0, ask.generation) + 1 };
}

export type Fetch = Extract<Decision, { do: 'fetch' }>;

/** The entry of a token received at `receivedAt`. `lifeSeconds`: the life of a token without `expires_in`. */
export const entryOf = ({ version, generation }: Fetch, token: GrantedToken, sealed: Sealed, receivedAt: number, lifeSeconds: number): TokenEntry => ({
  generation,
  version,
  token: sealed,
  receivedAt,
  usableUntil: usableUntil(receivedAt, token.expiresInSeconds ?? lifeSeconds),
});

/**
 * The failure that replaces the stored one; it was tried with configuration up to `known.position`. Its pause grows with earlier failures, unless the
 * credential was changed in between. Our own failures and the server's are counted separately. An attempt within a pause (a test, an unblock) does
 * not change the pause.
 */
export function failureOf({ version, generation }: Fetch, { tokenError, retryAfterMs }: RefusedToken, known: Known, at: number): TokenFailure {
  const { failure } = known.stored;
  const last = failure && failure.version >= version ? failure : null;
  const tried = { version: known.position, generation: generation - 1, tokenError };
  if (last && at < last.until) return { ...tried, at: last.at, until: last.until };
  const isAlike = last && isOurFailure(last.tokenError) === isOurFailure(tokenError);
  return { ...tried, at, until: at + failurePauseMs(tokenError, isAlike ? last.until - last.at : null, retryAfterMs) };
}
