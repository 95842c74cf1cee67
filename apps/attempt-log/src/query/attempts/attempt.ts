import { advice } from '@nuncio/auth';
import { Attempted, type NextStep } from '@nuncio/contracts';
import { Moment } from '@nuncio/service';
import { z } from 'zod';

const rfc3339 = (ms: number): string => new Date(ms).toISOString();

const ShownStep = z.union([z.object({ step: z.enum(['done', 'parked', 'dead']) }), z.object({ step: z.literal('later'), notBefore: Moment })]);

/** An attempt in the API. */
export const ShownAttempt = Attempted.omit({ fact: true, at: true, eventAt: true }).extend({ startedAt: Moment, advice: z.string().nullable(), next: ShownStep }).meta({ id: 'Attempt' });
export type ShownAttempt = z.infer<typeof ShownAttempt>;

/** An attempt in the API, out of its fact. */
export const showAttempt = (fact: Attempted): ShownAttempt => ({
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
  requestedBy: fact.requestedBy ?? null,
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

const showNext = (next: NextStep): ShownAttempt['next'] => (next.step === 'later' ? { step: next.step, notBefore: rfc3339(next.notBefore) } : next);
