import { CANCELED_BY, type ErrorClass, type ReasonSentence, type TokenError } from '@nuncio/contracts';
import { z } from 'zod';
import { waitsOf, type StoredDelivery } from './stored-delivery.js';

type Explained = Pick<
  StoredDelivery,
  'status' | 'reason' | 'waits' | 'attempts' | 'event_at' | 'next_at' | 'updated_at' | 'first_attempt_at' | 'last_attempt_at' | 'response_status' | 'error_class' | 'delivered_number' | 'delivered_at'
>;

export interface Circumstances {
  /** When the pause of its callback ends; null = it is not paused. */
  readonly pausedUntil: Date | null;
  /** Under the present configuration. */
  readonly willCancel: boolean;
  /** The token error of the last attempt; null = it had a token, or the attempt is not loaded. */
  readonly tokenError: TokenError | null;
  /** Details of the last attempt's connection error; null = none, or the attempt is not loaded. */
  readonly detail: string | null;
}

/** A first attempt later than this after publishing is explained. */
const PROMPT_MS = 10_000;

/** Stable codes of the sentences, for those who translate them. Their values are other fields of the delivery. */
export const ExplanationCode = z.enum([
  'delivered',
  'delivered-late',
  'delivered-twice',
  'delivered-then-failed',
  'retry-due',
  'retry-paused',
  'retry-will-be-canceled',
  'held',
  'held-paused',
  'held-will-be-canceled',
  'parked',
  'parked-callback-disabled',
  'parked-attempt-failed',
  'given-up',
  'given-up-held',
  'canceled',
  'canceled-by-hand',
  'skipped',
  'expired',
]);

interface Explanation {
  readonly code: z.infer<typeof ExplanationCode>;
  readonly sentence: string;
}

/** One sentence on the state of a delivery: why it is late, why it failed, why it was not sent. */
export function explain(row: Explained, { willCancel, pausedUntil, tokenError, detail }: Circumstances): Explanation {
  const failure = failureOf(row, tokenError, detail);
  const again = row.attempts ? ` again after attempt ${row.attempts} (${failure})` : '';
  switch (row.status) {
    case 'delivered':
      return delivered(row, detail);
    case 'pending':
      return pending(row, failure, willCancel, pausedUntil);
    case 'held':
      return held(row, willCancel, pausedUntil);
    case 'parked': {
      if (row.reason === DISABLED) return { code: 'parked-callback-disabled', sentence: 'Waits until its callback is enabled.' };
      const parkedBy = parkedFor(row.reason);
      return { code: parkedBy === null ? 'parked-attempt-failed' : 'parked', sentence: `Waits until its subscription is activated (${parkedBy ?? `attempt ${row.attempts} failed: ${failure}`}).` };
    }
    case 'failed':
      if (row.reason !== null) return { code: 'given-up-held', sentence: `Given up: it was held back for as long as its retry schedule is (${row.reason}).` };
      return { code: 'given-up', sentence: `Given up after attempt ${row.attempts} (${failure}): no further attempt was due by its retry policy, and it can be sent again by hand.` };
    case 'canceled':
      if (row.reason?.startsWith(CANCELED_BY)) return { code: 'canceled-by-hand', sentence: `Not sent${again}: ${row.reason}.` };
      return { code: 'canceled', sentence: `Not sent${again} when it was due: ${row.reason ?? 'the subscription or the callback is not active'}.` };
    case 'skipped':
      return { code: 'skipped', sentence: `Not sent when the event came: ${row.reason ?? 'the callback is disabled'}.` };
    case 'expired':
      return { code: 'expired', sentence: `Not sent${again}: its subscription was not activated in time, and it was parked for too long.` };
  }
}

function pending({ attempts, next_at }: Explained, failure: string, willCancel: boolean, pausedUntil: Date | null): Explanation {
  if (willCancel) return { code: 'retry-will-be-canceled', sentence: `Attempt ${attempts} failed (${failure}), and the next one will be canceled, as the callback or the subscription is not active now.` };
  const due = `Attempt ${attempts} failed (${failure}); the next one is due at ${next_at?.toISOString() ?? 'any moment'}`;
  return pausedUntil ? { code: 'retry-paused', sentence: `${due}, and its callback is paused until ${pausedUntil.toISOString()}.` } : { code: 'retry-due', sentence: `${due}.` };
}

function held(row: Explained, willCancel: boolean, pausedUntil: Date | null): Explanation {
  const hold = waitsOf(row)?.held;
  // With the answer of the authorization server, if that is the cause.
  const heldFor = hold?.tokenError ? failureOf(row, hold.tokenError, null) : (row.reason ?? 'for now');
  if (willCancel) return { code: 'held-will-be-canceled', sentence: `Held back (${heldFor}), and it will be canceled, as the callback or the subscription is not active now.` };
  const since = (hold ? new Date(hold.since) : row.updated_at).toISOString();
  const said = `Held back since ${since} without spending an attempt`;
  const at = row.next_at?.toISOString() ?? 'any moment';
  if (pausedUntil) return { code: 'held-paused', sentence: `${said}: its callback is paused until ${pausedUntil.toISOString()}, and what was kept is sent evenly after that.` };
  if (hold?.for === 'paused') return { code: 'held-paused', sentence: `${said}: its callback was paused; it is sent at ${at}.` };
  if (!hold) return { code: 'held', sentence: `${said} (${heldFor}); it is tried again by itself.` };
  return { code: 'held', sentence: `${said} (${heldFor}); it is tried again at ${at}, and given up at ${new Date(hold.givesUpAt).toISOString()} if it cannot be sent by then.` };
}

function delivered(row: Explained, detail: string | null): Explanation {
  const number = row.delivered_number ?? row.attempts;
  const late = whyLate(row, number);
  const sentence = `Delivered at attempt ${number}, ${duration(ms(row.delivered_at ?? row.last_attempt_at) - ms(row.event_at))} after it was published${late}.`;
  if (row.attempts <= number) return { code: late ? 'delivered-late' : 'delivered', sentence };
  const [code, came] = row.error_class === null ? (['delivered-twice', 'came through, too'] as const) : (['delivered-then-failed', `failed (${failureOf(row, null, detail)})`] as const);
  return { code, sentence: `${sentence} It was sent again since: attempt ${row.attempts} ${came}.` };
}

function whyLate(row: Explained, number: number): string {
  if (number > 1) return '';
  const waited = ms(row.first_attempt_at) - ms(row.event_at);
  return waited > PROMPT_MS ? `: late, because its first attempt was made after ${duration(waited)} (its timeline says why)` : '';
}

/** The dispatcher's reason for parking. */
const DISABLED: ReasonSentence = 'the callback is disabled';

/** null = because of failed attempts. */
function parkedFor(reason: string | null): string | null {
  if (reason === 'no token') return 'the authorization server gave no token';
  return reason === 'exhausted' ? null : reason;
}

function failureOf({ error_class, response_status }: Explained, tokenError: TokenError | null, detail: string | null): string {
  if (tokenError) {
    const answer = [tokenError.httpStatus, tokenError.code].filter((part) => part !== null).join(' ');
    const said = tokenError.description === undefined ? '' : ` (${tokenError.description})`;
    return answer ? `no token: the authorization server answered ${answer}${said}` : `no token from the authorization server: ${FAILURES[tokenError.class]}`;
  }
  if (error_class === null) return 'unknown';
  if (detail !== null && CONNECTION.has(error_class)) return detail;
  return response_status !== null && (error_class === 'http' || error_class === 'redirect')
    ? `${FAILURES[error_class]} ${response_status}`
    : FAILURES[error_class];
}

/** The details say more than the error class of these. */
const CONNECTION: ReadonlySet<ErrorClass> = new Set(['dns', 'connect', 'tls', 'timeout', 'invalid_response', 'too_large']);

const FAILURES: Readonly<Record<ErrorClass, string>> = {
  dns: 'the host name could not be resolved',
  connect: 'the connection was refused, unreachable or closed early',
  tls: 'no TLS connection could be made',
  timeout: 'no whole answer came in time',
  http: 'the answer was',
  redirect: 'redirects are not followed; the answer was',
  blocked_address: 'its address may not be called',
  too_large: 'the answer was too large',
  invalid_response: 'the answer could not be read',
  token: 'no token could be had',
  internal: 'an error inside Nuncio',
};

const ms = (time: Date | null): number => time?.getTime() ?? 0;

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** Such as `2 h 5 min`: the two largest units; milliseconds if below a second. */
export function duration(milliseconds: number): string {
  let rest = Math.max(0, milliseconds);
  if (rest < 1_000) return `${Math.round(rest)} ms`;
  const parts = UNITS.flatMap(([name, length]) => {
    const count = Math.floor(rest / length);
    rest -= count * length;
    return count ? [`${count} ${name}`] : [];
  });
  return parts.slice(0, 2).join(' ');
}
