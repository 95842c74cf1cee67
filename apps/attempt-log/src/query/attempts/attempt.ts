import { advice } from '@nuncio/auth';
import { Attempted, RefusedRequest, type NextStep } from '@nuncio/contracts';
import { Moment } from '@nuncio/service';
import { z } from 'zod';

const rfc3339 = (ms: number): string => new Date(ms).toISOString();

const ShownStep = z.union([z.object({ step: z.enum(['done', 'parked', 'dead']) }), z.object({ step: z.literal('later'), notBefore: Moment })]).describe('What follows it').meta({ id: 'AttemptStep' });

const Request = RefusedRequest.shape.request.omit({ spelling: true });

/** An attempt in the API. Each of the four fields before `outcome` is null if the attempt is from before it was recorded. */
export const ShownAttempt = Attempted.omit({ fact: true, at: true, eventAt: true, traceparent: true })
  .extend({
    startedAt: Moment.describe('When it was begun'),
    request: Request.nullable().describe('The last one; null when none was made'),
    refused: RefusedRequest.extend({ startedAt: Moment.describe('When it was begun'), request: Request.describe('The request as it was sent') }).nullable().describe('The request before, of which the endpoint refused the token, and its answer'),
    httpVersion: Attempted.shape.httpVersion.unwrap().describe('What the request was written in; null, too, where there was no connection, and nothing of it was sent'),
    envelope: Attempted.shape.envelope.unwrap().nullable(),
    traceId: z.string().nullable().describe('Of the trace that its event was published in (W3C Trace Context), 32 hex digits; null = none, or the attempt is from before this was recorded'),
    dueAt: Moment.nullable().describe('When it was due: at once for a first attempt, by the schedule for a retry, at the end of its hold for what was held'),
    waitsMs: Attempted.shape.waitsMs.unwrap().nullable().describe("Milliseconds that it waited before its request: for a place among its callback's and among a dispatcher's requests, for its rate, for its turn to make a connection"),
    certificateEndsAt: Moment.nullable().describe("When the endpoint's certificate ends, where a connection was made for this attempt; null on a reused one, without TLS, or where it was not recorded"),
    operation: z.string().nullable().describe('The bulk operation that brought it back; null = none did, or the attempt is from before this was recorded'),
    advice: z.string().nullable(),
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
  advice: fact.tokenError && advice(fact.tokenError),
  next: showNext(fact.next),
});

const NO_WAITS = { place: 0, process: 0, rate: 0, handshake: 0 };

const showRequest = ({ method, url, headers }: z.infer<typeof Request>): z.infer<typeof Request> => ({ method, url, headers });

const showNext = (next: NextStep): ShownAttempt['next'] => (next.step === 'later' ? { step: next.step, notBefore: rfc3339(next.notBefore) } : next);
