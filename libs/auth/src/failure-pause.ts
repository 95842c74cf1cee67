import type { TokenError } from '@nuncio/contracts';

const TRANSIENT = { firstMs: 1_000, longestMs: 60_000 };
const REFUSED = { firstMs: 30_000, longestMs: 600_000 };
/** The server has no part in it. */
const OURS = { firstMs: 1_000, longestMs: 10_000 };
const LONGEST_RETRY_AFTER_MS = 86_400_000;

/** The server has understood and said no (`invalid_client` and kin, a wrong path): only a change on one of the two sides will help. */
const isRefusal = ({ class: errorClass, httpStatus }: TokenError): boolean =>
  errorClass === 'http' && httpStatus !== null && httpStatus < 500 && ![408, 425, 429].includes(httpStatus);

/** A failure of our own, before the server was asked. */
export const isOurFailure = ({ class: errorClass }: TokenError): boolean => errorClass === 'internal';

/**
 * How long nobody asks the server again after a failure, in milliseconds: 1 s doubling to 1 min while it is ill, 30 s doubling to 10 min once it refuses; 1 s doubling to
 * 10 s where we could not ask.
 * `lastPauseMs`: the pause after the failure before this one, null = there was none. `Retry-After` lengthens it, up to a day.
 */
export function failurePauseMs(tokenError: TokenError, lastPauseMs: number | null, retryAfterMs: number | null): number {
  const { firstMs, longestMs } = isOurFailure(tokenError) ? OURS : isRefusal(tokenError) ? REFUSED : TRANSIENT;
  const pauseMs = lastPauseMs === null ? firstMs : Math.min(longestMs, Math.max(firstMs, 2 * lastPauseMs));
  return Math.max(pauseMs, Math.min(retryAfterMs ?? 0, LONGEST_RETRY_AFTER_MS));
}
