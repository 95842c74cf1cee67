import { z } from 'zod';
import { Millis, Position } from '../schema.js';

/** Why an attempt is made. */
export const AttemptReason = z.enum(['first', 'retry', 'resend', 'unblock', 'recover', 'replay']);
export type AttemptReason = z.infer<typeof AttemptReason>;

/** The record header that carries an errand, as JSON. The CloudEvent's own headers travel beside it, unchanged. */
export const ERRAND_HEADER = 'nuncio-errand';

/** The task that travels with a payload, on `deliveries` and `delay.*`: the next attempt of one delivery, or of up to 100. */
export const Errand = z.object({
  event: z.string(),
  /** When the event's record was appended to `events`; its row in the log is found by it. */
  eventAt: Millis,
  subscriptions: z.array(z.string()).min(1).max(100),
  /** For a delivery that was on its way before: its tenant and callback, in case its subscription is gone when it is due. */
  of: z.object({ tenant: z.string(), application: z.string(), callback: z.string() }).optional(),
  /** The number of the attempt to be made. */
  number: z.int().min(1),
  reason: AttemptReason,
  /** Never send before. */
  notBefore: Millis,
  /**
   * Grows with each record that carries this number on: of two, the higher one counts, and of two equal ones the first. What is asked for (resend, recover,
   * replay, unblock) begins with the time (epoch milliseconds) at which its delivery came to stand as it does, so that it is asked for once, and follows
   * whatever came to an end without an attempt.
   */
  hop: z.int().min(0),
  /** How many delays of the retry schedule have been used; null = no schedule (resend by hand). */
  retriesUsed: z.int().min(0).nullable(),
  firstAttemptAt: Millis.nullable(),
  /** Since when it has been held; null = not held. */
  heldSince: Millis.nullable(),
  /** The pause that it was kept by lasts until then, as far as was known; absent = by none since its last attempt. */
  pausedUntil: Millis.optional(),
  /** How many holds in a row. */
  holds: z.int().min(0),
  /** Wait until the view of configuration has reached it. */
  position: Position.nullable(),
  /** The caller who asked for it, if somebody did. */
  requestedBy: z.string().nullable(),
  /** The bulk operation that brought it back, until it comes to its end. */
  operation: z.string().optional(),
  /** Made of an event that its subscription has had no delivery of: where it may not have it, nothing ever was. */
  fresh: z.literal(true).optional(),
  /** It is ended instead: put on record as canceled. */
  cancel: z.literal(true).optional(),
  /**
   * Stands in for a record of the same number that waits in a delay topic until `notBefore`: that one is dropped when it comes. `hop` is the waiting one's, as far
   * as it is known; where that has begun to run meanwhile, this one is dropped. Null once this one is under way.
   */
  insteadOf: z.object({ hop: z.int().min(0).nullable(), notBefore: Millis }).optional(),
});
export type Errand = z.infer<typeof Errand>;

/** Fields that a newer release wrote. They go on with its delivery, whatever becomes of the others. */
export const unknownOf = (errand: Errand): Partial<Errand> => Object.fromEntries(Object.entries(errand).filter(([name]) => !Object.hasOwn(Errand.shape, name)));
