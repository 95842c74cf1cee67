import type { TokenError } from '@nuncio/contracts';

const TRANSIENT = { firstMs: 1_000, longestMs: 60_000 };
const REFUSED = { firstMs: 30_000, longestMs: 600_000 };
/** For failures of our own, in which the server has no part. */
const OURS = { firstMs: 1_000, longestMs: 10_000 };
const LONGEST_RETRY_AFTER_MS = 86_400_000;

/**
 * Whether the server understood the request and refused it (`invalid_client` and the like, a wrong path). Then only a change on one of the two sides
 * helps.
 */
const isRefusal = ({ class: errorClass, httpStatus }: TokenError): boolean =>
  errorClass === 'http' && httpStatus !== null && httpStatus < 500 && ![408, 425, 429].includes(httpStatus);

/** A failure of our own, before the server was asked. */
export const isOurFailure = ({ class: errorClass }: TokenError): boolean => errorClass === 'internal';

/**
 * How long the server is not asked again after a failure, in milliseconds. While it fails: 1 s, doubling to 1 min. If it refuses: 30 s, doubling to
 * 10 min. If the request could not be made: 1 s, doubling to 10 s. `lastPauseMs`: the pause after the failure before, null = there was none.
 * `Retry-After` lengthens the pause, up to a day.
 */
export function failurePauseMs(tokenError: TokenError, lastPauseMs: number | null, retryAfterMs: number | null): number {
  const { firstMs, longestMs } = isOurFailure(tokenError) ? OURS : isRefusal(tokenError) ? REFUSED : TRANSIENT;
  const pauseMs = lastPauseMs === null ? firstMs : Math.min(longestMs, Math.max(firstMs, 2 * lastPauseMs));
  return Math.max(pauseMs, Math.min(retryAfterMs ?? 0, LONGEST_RETRY_AFTER_MS));
}
