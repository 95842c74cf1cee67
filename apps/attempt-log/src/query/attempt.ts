import { advice } from '@nuncio/auth';
import type { Attempted, NextStep } from '@nuncio/contracts';

const rfc3339 = (ms: number): string => new Date(ms).toISOString();

/** An attempt in the API, out of its fact. */
export const showAttempt = (fact: Attempted) => ({
  id: fact.id,
  delivery: fact.delivery,
  event: fact.event,
  ceId: fact.ceId,
  ceSource: fact.ceSource,
  eventType: fact.eventType,
  tenant: fact.tenant,
  application: fact.application,
  callback: fact.callback,
  subscription: fact.subscription,
  number: fact.number,
  reason: fact.reason,
  /** The key or person who asked for it; null = it came by itself. Rows of before this was recorded have none. */
  requestedBy: (fact.requestedBy as string | null | undefined) ?? null,
  startedAt: rfc3339(fact.startedAt),
  requests: fact.requests,
  request: fact.request,
  response: fact.response,
  timingsMs: fact.timingsMs,
  outcome: fact.outcome,
  error: fact.error,
  tokenError: fact.tokenError,
  /** What to do about the token error. */
  advice: fact.tokenError && advice(fact.tokenError),
  next: showNext(fact.next),
});

export type ShownAttempt = ReturnType<typeof showAttempt>;

const showNext = (next: NextStep) => (next.step === 'later' ? { step: next.step, notBefore: rfc3339(next.notBefore) } : next);
