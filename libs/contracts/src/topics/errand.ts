import { z } from 'zod';
import { Millis, Position } from '../schema.js';

/** Why an attempt is made. */
export const AttemptReason = z.enum(['first', 'retry', 'resend', 'unblock', 'recover', 'replay']);
export type AttemptReason = z.infer<typeof AttemptReason>;

/** The record header with an errand, as JSON. The CloudEvent's own headers are beside it, unchanged. */
export const ERRAND_HEADER = 'nuncio-errand';

/** The task that travels with a payload on `deliveries` and `delay.*`: the next attempt of one delivery, or of up to 100. */
export const Errand = z.object({
  event: z.string(),
  /** When the event's record was appended to `events`. Finds its row in the log. */
  eventAt: Millis,
  subscriptions: z.array(z.string()).min(1).max(100),
  /** For a delivery that has begun: its tenant and callback, in case its subscription is deleted before it is due. */
  of: z.object({ tenant: z.string(), application: z.string(), callback: z.string() }).optional(),
  /** The number of the attempt to be made. */
  number: z.int().min(1),
  reason: AttemptReason,
  /** The attempt is never made before. */
  notBefore: Millis,
  /**
   * Grows with each record that carries this attempt number on. Of two records the higher hop counts; of two equal ones the first. A request (resend,
   * recover, replay, unblock) begins with the time (epoch milliseconds) of the delivery's last change. So the same request counts once, and one made
   * after the delivery came back without an attempt counts anew.
   */
  hop: z.int().min(0),
  /** How many delays of the retry schedule have been used; null = no retries (resent by hand). */
  retriesUsed: z.int().min(0).nullable(),
  firstAttemptAt: Millis.nullable(),
  /** null = not held. */
  heldSince: Millis.nullable(),
  /** The end of the pause that kept it, as far as known then; absent = no pause since its last attempt. */
  pausedUntil: Millis.optional(),
  /** The number of holds in a row. */
  holds: z.int().min(0),
  /** A dispatcher waits until its view of configuration has reached it. */
  position: Position.nullable(),
  /** The caller who asked for it; null = nobody did. */
  requestedBy: z.string().nullable(),
  /** The bulk operation that it belongs to until it ends. */
  operation: z.string().optional(),
  /** Made of an event that the subscription has had no delivery of. If the subscription may not have it, no fact is written. */
  fresh: z.literal(true).optional(),
  /** The delivery is canceled instead. */
  cancel: z.literal(true).optional(),
  /**
   * Replaces a record of the same number that waits in a delay topic until `notBefore`; that record is dropped when it is due. `hop`: the waiting
   * record's, as far as known. If its attempt has begun meanwhile, this record is dropped. null once this record's attempt is in progress.
   */
  insteadOf: z.object({ hop: z.int().min(0).nullable(), notBefore: Millis }).optional(),
});
export type Errand = z.infer<typeof Errand>;

/** Fields that a newer release wrote. They stay with the delivery, whatever happens to the other fields. */
export const unknownOf = (errand: Errand): Partial<Errand> => Object.fromEntries(Object.entries(errand).filter(([name]) => !Object.hasOwn(Errand.shape, name)));
