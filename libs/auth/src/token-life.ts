import { createHash } from 'node:crypto';

const MARGIN_MS = 60_000;
const MIN_LIFE_MS = 2_000;

/** Moments in epoch milliseconds. */
export interface TokenTimes {
  readonly receivedAt: number;
  readonly usableUntil: number;
}

/**
 * The moment from which a token is sent no more: its life from receipt on, less 60 s or 10 %, whichever is shorter. A life under 2 s counts as 2 s.
 * So never less than min(5 s, 10 % of its life) is left of a token that is sent.
 *
 * | expires_in | 0 | 10 s | 300 s | 600 s | 3600 s |
 * |---|---|---|---|---|---|
 * | usable | 1.8 s | 9 s | 270 s | 540 s | 3540 s |
 */
export function usableUntil(receivedAt: number, expiresInSeconds: number): number {
  const lifeMs = Math.max(MIN_LIFE_MS, expiresInSeconds * 1_000);
  return receivedAt + Math.floor(lifeMs - Math.min(MARGIN_MS, lifeMs / 10));
}

/** Asked at the moment of sending, however long ago the token was at hand: the process may have been stopped in between. */
export const maySend = (token: Pick<TokenTimes, 'usableUntil'>, at: number): boolean => at < token.usableUntil;

/** When its users ask for the next one: at a point of 70 to 90 % of the time it may be used. `spread` in [0, 1). */
export const refreshAt = (token: TokenTimes, spread: number): number =>
  token.receivedAt + Math.floor((token.usableUntil - token.receivedAt) * (0.7 + 0.2 * spread));

/**
 * The point of a token's refresh, in [0, 1): as good as random over credentials and generations, and the same for all who use it. Were it drawn by each
 * dispatcher, the earliest of three would count, and the first minute of the window would see three times its share.
 */
export const spreadOf = (credential: string, generation: number): number => createHash('sha256').update(`${credential} ${generation}`).digest().readUInt32BE() / 2 ** 32;
