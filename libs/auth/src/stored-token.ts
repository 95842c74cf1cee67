import type { TokenEntry, TokenFailure } from '@nuncio/contracts';
import { maySend } from './token-life.js';

/** All that Redis has about a credential's token. */
export interface StoredToken {
  readonly entry: TokenEntry | null;
  readonly failure: TokenFailure | null;
}

/** A need: a token of at least `version` (the credential's position), newer than `generation`; a failure must be of `position` or later. */
export interface TokenNeed {
  readonly version: number;
  readonly generation: number;
  readonly position: number;
}

export type TokenAnswer =
  { readonly is: 'token'; readonly entry: TokenEntry } | { readonly is: 'failure'; readonly failure: TokenFailure } | { readonly is: 'none' };

/**
 * Whether what is stored answers a need at this moment (epoch milliseconds). The one rule for both sides: while it says `none`, who needs a token asks for it
 * and waits, and the token service fetches.
 *
 * A failure counts until its pause is over, for those who hold no newer token than the one it was to replace, and only if it was tried in the knowledge of
 * the position given: a change of the credential or an unblocking is later than the failures it clears.
 */
export function answerFrom({ entry, failure }: StoredToken, need: TokenNeed, at: number): TokenAnswer {
  if (entry && entry.version >= need.version && entry.generation > need.generation && maySend(entry, at)) return { is: 'token', entry };
  if (failure && at < failure.until && failure.generation >= need.generation && failure.version >= Math.max(need.version, need.position))
    return { is: 'failure', failure };
  return { is: 'none' };
}
