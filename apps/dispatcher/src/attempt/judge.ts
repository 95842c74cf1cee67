import type { RetryPolicy } from '@nuncio/contracts';
import { readChallenge } from '@nuncio/auth';
import type { Answer, FailureClass } from '@nuncio/egress';
import { matchesStatus, retryAfterMs } from '@nuncio/retry';
import type { Outcome } from './outcome.js';

/** Whether it is an internal failure, in which no request was made. */
export const isOurs = (errorClass: FailureClass): errorClass is 'proxy' | 'internal' => errorClass === 'proxy' || errorClass === 'internal';

/** Whether the endpoint refuses the token it was sent: 401, or 403 with `error="invalid_token"` (RFC 6750 §3.1). */
export const refusesBearer = (answer: Answer): boolean =>
  answer.ok && (answer.status === 401 || (answer.status === 403 && readChallenge(answer.headers['www-authenticate'])?.error === 'invalid_token'));

/** Judges an endpoint's answer by the callback's policy. Pure. */
export function judge(answer: Answer, policy: RetryPolicy, now: number): Outcome {
  const { retryOn } = policy;
  if (!answer.ok) {
    const { class: errorClass, detail } = answer.error;
    // It is internal, as the operator's proxy is: the endpoint was not asked, and the callback's policy does not apply.
    if (isOurs(errorClass)) return { kind: 'unavailable', detail };
    return { kind: 'failed', errorClass, status: null, detail, retriable: retryOn === 'any' || retryOn.connection, retryAfterMs: null };
  }
  const { status, headers } = answer;
  if (matchesStatus(policy.successStatuses, status)) return { kind: 'delivered' };
  // Whatever its status, a refused token is retried like a 401.
  const judged = refusesBearer(answer) ? 401 : status;
  const gone = status === 410 && policy.onGone !== 'retry';
  return {
    kind: 'failed',
    errorClass: status >= 300 && status < 400 ? 'redirect' : 'http',
    status,
    detail: status === 401 || status === 403 ? challengeOf(headers) : null,
    retriable: !gone && (retryOn === 'any' || (status === 410 && policy.onGone === 'retry') || matchesStatus(retryOn.statuses, judged)),
    retryAfterMs: retryAfterMs(headers['retry-after'], now),
  };
}

/** The challenge of a receiver that refuses a bearer token (RFC 6750 §3.1). */
function challengeOf(headers: Extract<Answer, { ok: true }>['headers']): string | null {
  const challenge = readChallenge(headers['www-authenticate']);
  if (!challenge) return null;
  const { error, scope } = challenge;
  return `the endpoint says ${error}${scope === null ? '' : `, and wants the scope ${scope}`}`;
}
