import { adviceOf, maybeAdvice } from '@nuncio/auth';
import { Attempted, RefusedRequest, type NextStep } from '@nuncio/contracts';
import { Moment } from '@nuncio/service';
import { z } from 'zod';

const rfc3339 = (ms: number): string => new Date(ms).toISOString();

const ShownStep = z.union([z.object({ step: z.enum(['done', 'parked', 'dead']) }), z.object({ step: z.literal('later'), notBefore: Moment })]).describe('The step that follows').meta({ id: 'AttemptStep' });

const Request = RefusedRequest.shape.request.omit({ spelling: true });

/** An attempt in the API. Each of the four fields before `outcome` is null if the attempt is from before it was recorded. */
export const ShownAttempt = Attempted.omit({ fact: true, at: true, eventAt: true, traceparent: true })
  .extend({
    startedAt: Moment.describe('When it began'),
    endedAt: Moment.describe('When its result was known, by the clock of the dispatcher'),
    request: Request.nullable().describe('The last request; null = none was made'),
    refused: RefusedRequest.extend({ startedAt: Moment.describe('When it began'), request: Request.describe('The request as it was sent') }).nullable().describe('The first request and its answer, if the endpoint refused the token and the request was repeated; null = it was not'),
    httpVersion: Attempted.shape.httpVersion.unwrap().describe('The HTTP version of the request; null = there was no connection, or the attempt is from before this was recorded'),
    envelope: Attempted.shape.envelope.unwrap().nullable(),
    traceId: z.string().nullable().describe('The id of the trace in which the event was published (W3C Trace Context), 32 hex digits; null = none, or the attempt is from before this was recorded'),
    dueAt: Moment.nullable().describe('When it was due: at once for a first attempt, by the schedule for a retry, at the end of its hold for a held one'),
    waitsMs: Attempted.shape.waitsMs.unwrap().nullable().describe('Milliseconds waited before the request: for a slot of the callback and of the dispatcher, for the rate limit, for the turn to connect'),
    certificateEndsAt: Moment.nullable().describe("When the endpoint's certificate ends, if a connection was made for this attempt; null = one was reused, there was no TLS, or it was not recorded"),
    operation: z.string().nullable().describe('The bulk operation that sent it; null = none, or the attempt is from before this was recorded'),
    ...maybeAdvice,
    advice: z.string().nullable().describe('What the failure means, and what to do about it; null = it did not fail'),
    next: ShownStep,
  })
  .meta({ id: 'Attempt' });
export type ShownAttempt = z.infer<typeof ShownAttempt>;

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
  /** The key or person who asked for it; null = nobody did, or the attempt is from before this was recorded. */
  requestedBy: fact.requestedBy ?? null,
  operation: fact.operation ?? null,
  startedAt: rfc3339(fact.startedAt),
  endedAt: rfc3339(fact.at),
  requests: fact.requests,
  request: fact.request && showRequest(fact.request),
  response: fact.response,
  refused: fact.refused ? { ...fact.refused, startedAt: rfc3339(fact.refused.startedAt), request: showRequest(fact.refused.request) } : null,
  timingsMs: fact.timingsMs,
  httpVersion: fact.httpVersion ?? null,
  traceId: fact.traceId ?? null,
  envelope: fact.envelope ?? null,
  dueAt: fact.dueAt === undefined ? null : rfc3339(fact.dueAt),
  waitsMs: fact.waitsMs ?? (fact.dueAt === undefined ? null : NO_WAITS),
  certificateEndsAt: fact.certificateEndsAt === undefined ? null : rfc3339(fact.certificateEndsAt),
  outcome: fact.outcome,
  error: fact.error,
  tokenError: fact.tokenError,
  ...adviceOf(fact),
  next: showNext(fact.next),
});

const NO_WAITS = { place: 0, process: 0, rate: 0, handshake: 0 };

const showRequest = ({ method, url, headers }: z.infer<typeof Request>): z.infer<typeof Request> => ({ method, url, headers });

const showNext = (next: NextStep): ShownAttempt['next'] => (next.step === 'later' ? { step: next.step, notBefore: rfc3339(next.notBefore) } : next);
