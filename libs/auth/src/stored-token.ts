import type { TokenEntry, TokenFailure } from '@nuncio/contracts';
import { maySend } from './token-life.js';

/** What Redis has about a credential's token. */
export interface StoredToken {
  readonly entry: TokenEntry | null;
  readonly failure: TokenFailure | null;
}

/**
 * What a dispatcher needs: a token of at least `version` (the credential's position), newer than `generation`. A failure answers it only if it is of
 * `position` or later.
 */
interface TokenNeed {
  readonly version: number;
  readonly generation: number;
  readonly position: number;
}

type TokenAnswer =
  { readonly is: 'token'; readonly entry: TokenEntry } | { readonly is: 'failure'; readonly failure: TokenFailure } | { readonly is: 'none' };

/**
 * Whether the stored token or failure answers a need at this moment (epoch milliseconds). Both sides use this one rule: while it returns `none`, a
 * dispatcher asks and waits, and the token-service fetches. A failure counts until its pause is over, for everybody who has no newer token than the
 * one it was to replace. It counts only if it was tried at the given position or later, since a change of the credential or an unblock clears earlier
 * failures.
 */
export function answerFrom({ entry, failure }: StoredToken, need: TokenNeed, at: number): TokenAnswer {
  if (entry && entry.version >= need.version && entry.generation > need.generation && maySend(entry, at)) return { is: 'token', entry };
  if (failure && at < failure.until && failure.generation >= need.generation && failure.version >= Math.max(need.version, need.position))
    return { is: 'failure', failure };
  return { is: 'none' };
}
