import { createHash } from 'node:crypto';

const MARGIN_MS = 60_000;
const MIN_LIFE_MS = 2_000;

/** Epoch milliseconds. */
export interface TokenTimes {
  readonly receivedAt: number;
  readonly usableUntil: number;
}

/**
 * The moment from which a token is no longer sent: its life from receipt, less 60 s or 10 %, whichever is shorter. A life under 2 s counts as 2 s. So
 * a token that is sent has at least min(5 s, 10 % of its life) left.
 *
 * | expires_in | 0 | 10 s | 300 s | 600 s | 3600 s |
 * |---|---|---|---|---|---|
 * | usable | 1.8 s | 9 s | 270 s | 540 s | 3540 s |
 */
export function usableUntil(receivedAt: number, expiresInSeconds: number): number {
  const lifeMs = Math.max(MIN_LIFE_MS, expiresInSeconds * 1_000);
  return receivedAt + Math.floor(lifeMs - Math.min(MARGIN_MS, lifeMs / 10));
}

/** Checked at the moment of sending, since the process may have been stopped after it got the token. */
export const maySend = (token: Pick<TokenTimes, 'usableUntil'>, at: number): boolean => at < token.usableUntil;

/** When to ask for the next token: at 70 to 90 % of the time that this one may be used. `spread` in [0, 1). */
export const refreshAt = (token: TokenTimes, spread: number): number =>
  token.receivedAt + Math.floor((token.usableUntil - token.receivedAt) * (0.7 + 0.2 * spread));

/**
 * Where in that window a token is refreshed, in [0, 1). A hash, so that it is spread over credentials and generations, but the same for all
 * dispatchers. If each of three drew its own, the earliest would count, and the first minute of the window would get three times its share of
 * requests.
 */
export const spreadOf = (credential: string, generation: number): number => createHash('sha256').update(`${credential} ${generation}`).digest().readUInt32BE() / 2 ** 32;
