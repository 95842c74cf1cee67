import { z } from 'zod';
import { TokenError } from './errors.js';
import { Millis, Position, Sealed } from './schema.js';

/** A token in Redis under `<prefix>:token:<credential>`, written only by the token-service. */
export const TokenEntry = z.object({
  /** Grows with every token of the credential. A writer with a lower one loses. */
  generation: z.int().min(1),
  /** The credential's position (its version) at the time of the fetch. A token of an older version is never used. */
  version: Position,
  token: Sealed,
  receivedAt: Millis,
  /** From then on it is no longer sent. */
  usableUntil: Millis,
});
export type TokenEntry = z.infer<typeof TokenEntry>;

/**
 * The last failure to get a token, under `<prefix>:token-failure:<credential>`. It counts until `until`, and is kept longer, so that pauses can grow.
 */
export const TokenFailure = z.object({
  /** The owner's position when it tried. The failure no longer counts after a later change that clears it. */
  version: Position,
  /** The generation that the asker had. */
  generation: z.int().min(0),
  at: Millis,
  until: Millis,
  tokenError: TokenError,
});
export type TokenFailure = z.infer<typeof TokenFailure>;
