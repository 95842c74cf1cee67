import { traceIdOf, type NextStep } from '@nuncio/contracts';
import { whose, type Delivery } from '../delivery/delivery.js';
import type { Attempt } from './outcome.js';

/**
 * An attempt's line in the log: its delivery, number and outcome, the time of each part, and the next step. It contains nothing that was sent or
 * answered.
 */
export function attemptLine(delivery: Delivery, attempt: Attempt, next: NextStep): object {
  const { outcome, answer } = attempt;
  return {
    ...whose(delivery),
    subscription: delivery.subscription.id,
    event: delivery.event.id,
    eventType: delivery.event.type,
    traceId: delivery.event.traceparent && traceIdOf(delivery.event.traceparent),
    delivery: delivery.id,
    number: delivery.number,
    reason: delivery.reason,
    status: answer?.ok ? answer.status : null,
    errorClass: outcome.kind === 'failed' ? outcome.errorClass : outcome.kind === 'no-token' ? 'token' : null,
    tokenErrorClass: outcome.kind === 'no-token' ? outcome.tokenError.class : null,
    requests: attempt.requests,
    /** From the append of the event's record to the beginning of this attempt. */
    ageMs: attempt.startedAt - delivery.eventAt,
    tokenMs: attempt.tokenMs,
    ...answer?.timings,
    next: next.step,
    nextAt: next.step === 'later' ? next.notBefore : null,
  };
}
