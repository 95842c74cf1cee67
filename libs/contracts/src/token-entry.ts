import { z } from 'zod';
import { TokenError } from './errors.js';
import { Millis, Position, Sealed } from './schema.js';

/** A token as it lies in Redis under `<prefix>:token:<credential>`, written by token-service alone. */
export const TokenEntry = z.object({
  /** Grows by at least one with every token of the credential; a writer with a lower one loses. */
  generation: z.int().min(1),
  /** The credential's position (its version) the token was fetched with; a token of an older version is never used. */
  version: Position,
  token: Sealed,
  receivedAt: Millis,
  /** Not sent from this moment on. */
  usableUntil: Millis,
});
export type TokenEntry = z.infer<typeof TokenEntry>;

/** The last failure to get one, under `<prefix>:token-failure:<credential>`. It counts until `until`, and is kept longer, so that pauses can grow. */
export const TokenFailure = z.object({
  /** The owner's position when it tried; one older than what clears it counts as none. */
  version: Position,
  /** The generation the request held. */
  generation: z.int().min(0),
  at: Millis,
  until: Millis,
  tokenError: TokenError,
});
export type TokenFailure = z.infer<typeof TokenFailure>;
