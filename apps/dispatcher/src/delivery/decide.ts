import type { Callback, NextStep, Signal } from '@nuncio/contracts';
import { nextDue } from '@nuncio/retry';
import type { Outcome } from './outcome.js';

/** What follows an outcome. `held` spends no attempt, and neither does what was parked for want of a token: `attempted` says so. */
export interface Decision {
  readonly attempted: boolean;
  readonly next: NextStep | { readonly step: 'held' };
  /** What configuration must decide on. */
  readonly signal: Signal['signal'] | null;
}

export interface DecisionContext {
  readonly callback: Pick<Callback, 'retry' | 'onTokenFailure'>;
  readonly retriesUsed: number | null;
  readonly endedAt: number;
  /** In [0, 1). */
  readonly random: number;
}

/** The next step, by the callback's policy. Pure: time and chance are passed in. */
export function decide(outcome: Outcome, context: DecisionContext): Decision {
  const { callback, retriesUsed, endedAt, random } = context;
  switch (outcome.kind) {
    case 'delivered':
      return { attempted: true, next: { step: 'done' }, signal: null };
    case 'unavailable':
      return { attempted: false, next: { step: 'held' }, signal: null };
    case 'no-token':
      if (callback.onTokenFailure === 'hold') return { attempted: false, next: { step: 'held' }, signal: null };
      if (callback.onTokenFailure === 'block') return { attempted: false, next: { step: 'parked' }, signal: 'token-refused' };
      return retryOr(exhausted(callback), null);
    case 'failed':
      if (outcome.status === 410 && callback.retry.onGone === 'disable') return { attempted: true, next: { step: 'dead' }, signal: 'gone' };
      if (!outcome.retriable) return { attempted: true, next: { step: 'dead' }, signal: null };
      return retryOr(exhausted(callback), outcome.retryAfterMs);
  }

  function retryOr(otherwise: Decision, retryAfterMs: number | null): Decision {
    // What was sent by hand has no schedule that could be exhausted: its end says nothing of its subscription.
    if (retriesUsed === null) return { attempted: true, next: { step: 'dead' }, signal: null };
    const notBefore = nextDue(callback.retry, retriesUsed, endedAt, retryAfterMs, random);
    return notBefore === null ? otherwise : { attempted: true, next: { step: 'later', notBefore }, signal: null };
  }
}

const exhausted = ({ retry }: DecisionContext['callback']): Decision =>
  retry.onExhausted === 'block'
    ? { attempted: true, next: { step: 'parked' }, signal: 'exhausted' }
    : { attempted: true, next: { step: 'dead' }, signal: null };
