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
  /** When this became a fact; later than what it followed upon of the same number, whatever the clocks say. */
  at: Millis,
};

/** What follows an attempt. */
export const NextStep = z.discriminatedUnion('step', [
  z.object({ step: z.literal('done') }),
  /** `retriesUsed`: of the retry that waits. */
  z.object({ step: z.literal('later'), notBefore: Millis, retriesUsed: z.int().min(0).optional() }),
  z.object({ step: z.literal('parked') }),
  z.object({ step: z.literal('dead') }),
]);
export type NextStep = z.infer<typeof NextStep>;

const headers = z.record(z.string(), z.union([z.string(), z.array(z.string())]));

/** Redacted. `spelling`: names that are not in lower case, as they were sent in HTTP/1.1. */
const Request = z.object({ method: z.string(), url: z.string(), headers, spelling: z.array(z.string()).optional() });

const Response = z.object({
  status: z.int(),
  /** At most 32 KiB. */
  headers,
  /** There were more. */
  headersTruncated: z.literal(true).optional(),
  /** At most 16 KiB; base64 where `bodyEncoding` says so. */
  body: z.string(),
  bodyEncoding: z.enum(['utf8', 'base64']),
  bodyTruncated: z.boolean(),
});

/** Phases in milliseconds from the start; null = the phase did not happen (a reused connection has no dns, connect, tls). */
const Phases = z.object({ dns: z.number().nullable(), connect: z.number().nullable(), tls: z.number().nullable(), firstByte: z.number().nullable(), total: z.number() });

/** The request of which the endpoint refused the token, and its answer: another one followed with a new token. */
export const RefusedRequest = z.object({ startedAt: Millis, request: Request, response: Response, timingsMs: Phases });
export type RefusedRequest = z.infer<typeof RefusedRequest>;

export const Attempted = z.object({
  fact: z.literal('attempted'),
  ...delivery,
  id: z.string(),
  number: z.int().min(1),
  reason: AttemptReason,
  /** Who asked for it, where somebody did; facts of before this field have none. */
  requestedBy: z.string().nullable().default(null),
  startedAt: Millis,
  /** HTTP requests made: 0 without a token, 2 after a refused one. */
  requests: z.int().min(0).max(2),
  /** The last one; null when none was made. */
  request: Request.nullable(),
  response: Response.nullable(),
  timingsMs: Phases.extend({ token: z.number() }),
  /** The first of two requests; facts of before this field, and attempts of one request, have none. */
  refused: RefusedRequest.optional(),
  /** What the request was written in; null = there was no connection, and nothing of it was sent. Like the next three, not in facts of before. */
  httpVersion: z.enum(['1.1', '2.0']).nullable().optional(),
  envelope: Envelope.optional(),
  /** When it was due: at once for a first attempt, by the schedule for a retry, at the end of its hold for what was held. */
  dueAt: Millis.optional(),
  /**
   * Milliseconds that it waited before its request, which are in no phase: for a place among its callback's and among the process's requests, for its rate, for its
   * turn to make a connection. Absent = for nothing.
   */
  waitsMs: z.object({ place: z.number(), process: z.number(), rate: z.number(), handshake: z.number() }).optional(),
  outcome: z.enum(['delivered', 'failed']),
  error: z.object({ class: ErrorClass, detail: z.string().nullable() }).nullable(),
  tokenError: TokenError.nullable(),
  next: NextStep,
});
export type Attempted = z.infer<typeof Attempted>;

const Reason = z.string().nullable();

/** What a held delivery waits for: its endpoint has no place free, or answers nothing; its rate; its authorization server; us. */
export const HeldFor = z.enum(['busy', 'silent', 'rate', 'no-token', 'ours']);
export type HeldFor = z.infer<typeof HeldFor>;

/** A hold, and the record that ends it. */
export const Hold = z.object({
  for: HeldFor,
  since: Millis,
  notBefore: Millis,
  /** It comes to its end without an attempt, unless it could be made by then. */
  givesUpAt: Millis,
  tokenError: TokenError.nullable(),
  /** Of the errand that waits. */
  reason: AttemptReason,
  retriesUsed: z.int().min(0).nullable(),
  hop: z.int().min(0),
  holds: z.int().min(1),
});
export type Hold = z.infer<typeof Hold>;

/** What happened to deliveries, and to events that came to none, or not to everybody they name. Key: delivery id; of `unmatched` the event id. */
export const AttemptFact = z.discriminatedUnion('fact', [
  Attempted,
  /** Waits, without an attempt, until its subscription is activated at a position later than `position`. */
  z.object({ fact: z.literal('parked'), ...delivery, position: Position, number: z.int().min(1), reason: Reason }),
  /** The first hold, and each that is 30 s or longer. Facts of before `hold` are of the first. */
  z.object({ fact: z.literal('held'), ...delivery, number: z.int().min(1), reason: Reason, hold: Hold.optional() }),
  /** The callback was disabled when the event came. */
  z.object({ fact: z.literal('skipped'), ...delivery, reason: Reason }),
  /** Disabled, deactivated, suspended or deleted before it was due; or by somebody. */
  z.object({ fact: z.literal('canceled'), ...delivery, number: z.int().min(1), reason: Reason, requestedBy: z.string().nullable().optional() }),
  /** Held longer than the retry schedule allows. */
  z.object({ fact: z.literal('exhausted'), ...delivery, number: z.int().min(1), reason: Reason }),
  /** Parked longer than 14 days. Facts of before it had a number were mostly of the first. */
  z.object({ fact: z.literal('expired'), ...delivery, number: z.int().min(1).default(1), reason: Reason }),
  z.object({
    fact: z.literal('unmatched'),
    event: z.string(),
    eventAt: Millis,
    eventType: z.string(),
    at: Millis,
    reason: z.enum(['no-subscription', 'unknown-type', 'no-tenant', 'unknown-tenant', 'schema']),
  }),
]);
export type AttemptFact = z.infer<typeof AttemptFact>;
export type DeliveryFact = Exclude<AttemptFact, { fact: 'unmatched' }>;

export const attempts = jsonTopic({ name: 'attempts', partitions: 12, retentionMs: days(7), value: AttemptFact });
