import type { Callback, NextStep, Signal } from '@nuncio/contracts';
import { nextDue } from '@nuncio/retry';
import type { Outcome } from '../attempt/outcome.js';

/** The step that follows an outcome. `signal`: the one on which config-service must decide. */
type Decision = DecisionOnAttempt | DecisionWithoutAttempt;

export interface DecisionOnAttempt {
  readonly attempted: true;
  readonly next: NextStep;
  readonly signal: Signal['signal'] | null;
}

/** A held delivery, or one that is parked for lack of a token, spends no attempt. */
export interface DecisionWithoutAttempt {
  readonly attempted: false;
  readonly next: { readonly step: 'held' | 'parked' };
  readonly signal: Signal['signal'] | null;
}

interface DecisionContext {
  readonly callback: Pick<Callback, 'retry' | 'onTokenFailure'>;
  readonly retriesUsed: number | null;
  readonly endedAt: number;
  /** In [0, 1). */
  readonly random: number;
}

/** Decides the next step by the callback's policy. Pure: time and randomness are passed in. */
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
      return laterOrExhausted(null);
    case 'failed':
      if (outcome.status === 410 && callback.retry.onGone === 'disable') return { attempted: true, next: { step: 'dead' }, signal: 'gone' };
      if (!outcome.retriable) return { attempted: true, next: { step: 'dead' }, signal: null };
      return laterOrExhausted(outcome.retryAfterMs);
  }

  function laterOrExhausted(retryAfterMs: number | null): Decision {
    const notBefore = retriesUsed === null ? null : nextDue(callback.retry, retriesUsed, endedAt, retryAfterMs, random);
    return notBefore === null ? exhausted(context) : { attempted: true, next: { step: 'later', notBefore }, signal: null };
  }
}

/** The step at the end of the schedule. A delivery sent by hand has no schedule, so its end says nothing about its subscription. */
export const exhausted = ({ callback, retriesUsed }: Pick<DecisionContext, 'retriesUsed'> & { readonly callback: Pick<Callback, 'retry'> }) =>
  callback.retry.onExhausted === 'block' && retriesUsed !== null
    ? ({ attempted: true, next: { step: 'parked' }, signal: 'exhausted' } as const)
    : ({ attempted: true, next: { step: 'dead' }, signal: null } as const);
