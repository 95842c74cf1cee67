import { z } from 'zod';
import { Envelope } from '../aggregates/callback.js';
import { ErrorClass, TokenError } from '../errors.js';
import { Millis, Position } from '../schema.js';
import { AttemptReason } from './errand.js';
import { days, jsonTopic } from './topic.js';

const delivery = {
  event: z.string(),
  eventAt: Millis,
  eventType: z.string(),
  ceId: z.string(),
  ceSource: z.string(),
  delivery: z.string(),
  tenant: z.string(),
  application: z.string(),
  callback: z.string(),
  subscription: z.string(),
  operation: z.string().optional().describe('Id of the bulk operation that sent it; absent in facts of former releases'),
  at: Millis.describe('When this was recorded. Always later than the fact that it follows of the same number, whatever the clocks say'),
};

/** The step that follows an attempt. */
export const NextStep = z.discriminatedUnion('step', [
  z.object({ step: z.literal('done') }),
  /** `retriesUsed`: for the retry that waits. */
  z.object({ step: z.literal('later'), notBefore: Millis, retriesUsed: z.int().min(0).optional() }),
  z.object({ step: z.literal('parked') }),
  z.object({ step: z.literal('dead') }),
]);
export type NextStep = z.infer<typeof NextStep>;

const headers = z.record(z.string(), z.union([z.string(), z.array(z.string())]));

/** Redacted. `spelling`: names as they were sent over HTTP/1.1, if they were not in lower case. */
const Request = z.object({ method: z.string(), url: z.string(), headers: headers.describe('Headers as they were sent, by name in lower case; secrets are `<redacted>`'), spelling: z.array(z.string()).optional() });

export const Response = z.object({
  status: z.int().describe('The HTTP status'),
  headers: headers.describe('At most 32 KiB of headers, by name in lower case'),
  headersTruncated: z.literal(true).optional().describe('Whether there were more headers'),
  body: z.string().describe('At most 16 KiB; base64 if `bodyEncoding` says so'),
  bodyEncoding: z.enum(['utf8', 'base64']).describe('utf8, or base64 if the bytes are not UTF-8'),
  bodyTruncated: z.boolean().describe('Whether the body was longer'),
});

/** Milliseconds from the start to the end of each phase; null = the phase did not happen (a reused connection has no dns, connect, tls). */
const Phases = z.object({
  dns: z.number().nullable().describe('End of name resolution'),
  connect: z.number().nullable().describe('End of connecting'),
  tls: z.number().nullable().describe('End of the TLS handshake'),
  firstByte: z.number().nullable().describe('First byte of the answer'),
  total: z.number().describe('Last byte of the answer'),
});

/** A request whose token the endpoint refused, and its answer. Another request with a new token followed. */
export const RefusedRequest = z.object({
  startedAt: Millis.describe('When it began'),
  request: Request.describe('The request as it was sent'),
  response: Response.describe('The answer'),
  timingsMs: Phases.describe('Milliseconds from the start to the end of each phase; null = the phase did not happen'),
});
export type RefusedRequest = z.infer<typeof RefusedRequest>;

export const Attempted = z.object({
  fact: z.literal('attempted'),
  ...delivery,
  id: z.string().meta({ examples: ['att_019b5f3a2c80d41d8cd98f00b204e980'] }),
  number: z.int().min(1).describe('The number of the attempt within its delivery. Each number runs once, unless a crash repeats it'),
  reason: AttemptReason.describe('Why the attempt was made'),
  requestedBy: z.string().nullable().default(null).describe('Who asked for it; null = nobody did; absent in facts of former releases'),
  startedAt: Millis.describe('When it began'),
  requests: z.int().min(0).max(2).describe('Number of HTTP requests: 0 without a token, 2 after a refused one'),
  request: Request.nullable().describe('The last request; null = none was made'),
  response: Response.nullable().describe('The answer; null = there was none'),
  timingsMs: Phases.extend({ token: z.number().describe('Milliseconds until it had a token') }).describe('Milliseconds from the start to the end of each phase; null = the phase did not happen: a reused connection has no dns, connect, tls'),
  refused: RefusedRequest.optional().describe('The first of two requests; absent if there was only one, and in facts of former releases'),
  httpVersion: z.enum(['1.1', '2.0']).nullable().optional().describe('The HTTP version of the request; null = there was no connection. Like the next three, absent in facts of former releases'),
  envelope: Envelope.describe('What the payload was wrapped in').optional(),
  dueAt: Millis.optional().describe('When it was due: at once for a first attempt, by the schedule for a retry, at the end of its hold for a held one'),
  /**
   * Milliseconds waited before the request, which no phase includes: for a slot of the callback, for one of the process, for the rate limit, for the
   * turn to connect. Absent = no wait.
   */
  waitsMs: z
    .object({
      place: z.number().describe('For a slot among the requests of its callback'),
      process: z.number().describe('For a slot among the requests of the dispatcher'),
      rate: z.number().describe('For the rate limit'),
      handshake: z.number().describe('For the turn to connect'),
    })
    .optional(),
  /** The id of the trace in which the event was published, 32 hex digits; absent = none. */
  traceId: z.string().optional(),
  /** The attempt's span, if its trace is recorded. The log's span continues it. */
  traceparent: z.string().optional(),
  certificateEndsAt: Millis.optional().describe("When the endpoint's certificate ends, if a connection was made for this attempt; absent if one was reused"),
  outcome: z.enum(['delivered', 'failed']).describe('The result'),
  error: z.object({ class: ErrorClass, detail: z.string().nullable() }).nullable().describe('What went wrong; null = nothing'),
  tokenError: TokenError.nullable(),
  next: NextStep,
});
export type Attempted = z.infer<typeof Attempted>;

const Reason = z.string().nullable();

/**
 * Why a delivery is held: its endpoint has no free slot (`busy`), or does not answer (`silent`); its rate limit; its authorization server; Nuncio
 * itself; its callback's pause.
 */
export const HeldFor = z.enum(['busy', 'silent', 'rate', 'no-token', 'ours', 'paused']);
export type HeldFor = z.infer<typeof HeldFor>;

/** A hold, and the record that will end it. */
export const Hold = z.object({
  for: HeldFor,
  since: Millis,
  notBefore: Millis,
  givesUpAt: Millis.describe('The delivery fails then, if no attempt could be made before'),
  tokenError: TokenError.nullable(),
  reason: AttemptReason.describe('The reason of the waiting errand'),
  retriesUsed: z.int().min(0).nullable(),
  hop: z.int().min(0),
  holds: z.int().min(1),
});
export type Hold = z.infer<typeof Hold>;

/** Why an event had no delivery, or none for a tenant that it names (`unknown-tenant`). */
export const UnmatchedReason = z.enum(['no-subscription', 'unknown-type', 'no-tenant', 'unknown-tenant', 'schema']);

/**
 * Facts about deliveries, and about events without a delivery, or without one for every tenant they name. Key: delivery id; for `unmatched` the event
 * id.
 */
export const AttemptFact = z.discriminatedUnion('fact', [
  Attempted,
  /** Waits, without an attempt, until its subscription is activated at a position later than `position`. */
  z.object({ fact: z.literal('parked'), ...delivery, position: Position, number: z.int().min(1), reason: Reason }),
  /** The first hold, and every hold of 30 s or longer. Facts without `hold` are of former releases, and of the first hold. */
  z.object({ fact: z.literal('held'), ...delivery, number: z.int().min(1), reason: Reason, hold: Hold.optional() }),
  /** The callback was disabled when the event came. */
  z.object({ fact: z.literal('skipped'), ...delivery, reason: Reason }),
  /** Its callback or subscription was disabled, deactivated, suspended or deleted before it was due; or a user canceled it. */
  z.object({ fact: z.literal('canceled'), ...delivery, number: z.int().min(1), reason: Reason, requestedBy: z.string().nullable().optional() }),
  /** Held for longer than the retry schedule allows. */
  z.object({ fact: z.literal('exhausted'), ...delivery, number: z.int().min(1), reason: Reason }),
  /** Parked for more than 14 days. Facts without a number are of former releases, mostly of the first attempt. */
  z.object({ fact: z.literal('expired'), ...delivery, number: z.int().min(1).default(1), reason: Reason }),
  /** An errand of a bulk operation that had no effect: another attempt of this number was ahead, or the subscription may no longer have the event. */
  z.object({ fact: z.literal('dropped'), ...delivery, number: z.int().min(1), reason: Reason }),
  z.object({
    fact: z.literal('unmatched'),
    event: z.string(),
    eventAt: Millis,
    eventType: z.string(),
    at: Millis,
    reason: UnmatchedReason,
    tenants: z.array(z.string()).optional().describe('The tenants that it names; absent in facts of former releases'),
  }),
]);
export type AttemptFact = z.infer<typeof AttemptFact>;
export type Dropped = Extract<AttemptFact, { fact: 'dropped' }>;
/** Facts that change the state of a delivery. */
export type DeliveryFact = Exclude<AttemptFact, { fact: 'unmatched' | 'dropped' }>;
export const isDeliveryFact = (fact: AttemptFact): fact is DeliveryFact => fact.fact !== 'unmatched' && fact.fact !== 'dropped';

export const attempts = jsonTopic({ name: 'attempts', partitions: 12, retentionMs: days(7), value: AttemptFact });
