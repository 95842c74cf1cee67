import type { RetryPolicy } from '@nuncio/contracts';
import type { Answer } from '@nuncio/egress';
import { matchesStatus, retryAfterMs } from '@nuncio/retry';
import type { Outcome } from './outcome.js';

/** What an endpoint's answer means under the callback's policy. Pure. */
export function judge(answer: Answer, policy: RetryPolicy, now: number): Outcome {
  const { retryOn } = policy;
  if (!answer.ok) {
    const { class: errorClass, detail } = answer.error;
    // The operator's proxy is ours: the endpoint was not asked, and its policy does not apply.
    if (errorClass === 'proxy') return { kind: 'unavailable', detail };
    return { kind: 'failed', errorClass, status: null, detail, retriable: retryOn === 'any' || retryOn.connection, retryAfterMs: null };
  }
  const { status, headers } = answer;
  if (matchesStatus(policy.successStatuses, status)) return { kind: 'delivered' };
  const gone = status === 410 && policy.onGone !== 'retry';
  return {
    kind: 'failed',
    errorClass: status >= 300 && status < 400 ? 'redirect' : 'http',
    status,
    detail: null,
    retriable: !gone && (retryOn === 'any' || (status === 410 && policy.onGone === 'retry') || matchesStatus(retryOn.statuses, status)),
    retryAfterMs: retryAfterMs(headers['retry-after'], now),
  };
}
