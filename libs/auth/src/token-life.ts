const MARGIN_MS = 60_000;
const MIN_LIFE_MS = 2_000;

/** Moments in epoch milliseconds, by the clock of whoever received the token. */
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

/**
 * A token's times by the clock of who is to send it, where it is now `now`. A token that seems to come from the future shows by how much this clock is
 * behind, at least; by that much it ends sooner here. A clock that is ahead only makes it end early.
 */
export function onThisClock({ receivedAt, usableUntil: until }: TokenTimes, now: number): TokenTimes {
  const behindMs = Math.max(0, receivedAt - now);
  return { receivedAt: receivedAt - behindMs, usableUntil: until - behindMs };
}

/** When its user asks for the next one: at a point of 70 to 90 % of the time it may be used. `random` in [0, 1) spreads users, and tokens of the same second. */
export const refreshAt = (token: TokenTimes, random: number): number =>
  token.receivedAt + Math.floor((token.usableUntil - token.receivedAt) * (0.7 + 0.2 * random));
