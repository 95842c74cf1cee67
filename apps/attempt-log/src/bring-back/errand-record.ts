import { deliveries, ERRAND_HEADER, eventHeaders, type Errand } from '@nuncio/contracts';
import type { BatchProducer, OutboundRecord } from '@nuncio/kafka';
import type { DeliveryStatus } from '../delivery-status.js';
import type { Waits } from '../ingest/standing.js';
import { waitsOf, type StoredDelivery } from '../query/deliveries/stored-delivery.js';
import type { ParkedDelivery } from './parked-delivery.js';

/** A delivery that the log has, with the event it is of; or an event that is to become one, whose fields of the delivery are as if nothing had happened. */
export interface StoredErrand extends ParkedDelivery, Readonly<Pick<StoredDelivery, 'next_at' | 'waits' | 'first_attempt_at'>> {
  /** null = there is no delivery so far. */
  readonly status: DeliveryStatus | null;
  readonly publisher: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly content_type: string | null;
  readonly payload: Buffer;
}

/** What `StoredErrand` is selected by, from `log.deliveries d JOIN log.events e`. */
export const ERRAND_COLUMNS = `d.id, d.event_id, d.event_at, d.event_type, d.ce_id, d.ce_source, d.tenant, d.application, d.callback, d.subscription,
  d.status, d.next_at, d.waits, d.attempts, d.first_attempt_at, d.updated_at, e.publisher, e.attributes, e.content_type, e.payload`;
/** Both copies of an event that was published twice are kept, and a delivery names the one it was made of. */
export const WITH_EVENT = 'JOIN log.events e ON e.id = d.event_id AND e.event_at = d.event_at';

/** Everything that the log can ask of a dispatcher. */
export type Asked = 'resend' | 'recover' | 'replay' | 'unblock' | 'send-now' | 'cancel';

export interface Asking {
  readonly asked: Asked;
  /** One partition keeps the order of one key. */
  readonly key: string;
  readonly position: number | null;
  readonly requestedBy: string | null;
  /** null = no bulk operation. */
  readonly operation: string | null;
}

/** It goes on where it is, or to its end: the number and the plan are those of the record that waits. */
const isOfWaiting = (asked: Asked): asked is 'send-now' | 'cancel' => asked === 'send-now' || asked === 'cancel';

/** Asks for the next attempt of a delivery, or its end: same event and delivery ids, next number. */
export function errandRecord(stored: StoredErrand, { asked, key, position, requestedBy, operation }: Asking, now: number): OutboundRecord {
  const errand: Errand = {
    event: stored.event_id,
    eventAt: stored.event_at.getTime(),
    subscriptions: [stored.subscription],
    of: { tenant: stored.tenant, application: stored.application, callback: stored.callback },
    number: stored.attempts + 1,
    notBefore: now,
    firstAttemptAt: stored.first_attempt_at?.getTime() ?? null,
    position,
    requestedBy,
    ...(operation !== null && { operation }),
    ...(isOfWaiting(asked) ? goingOn(stored) : anew(stored, asked)),
    ...(stored.status === null && { fresh: true }),
    ...(asked === 'cancel' && { cancel: true }),
  };
  const headers = eventHeaders({ publisher: stored.publisher, attributes: stored.attributes, contentType: stored.content_type });
  return { key, value: stored.payload, headers: { ...headers, [ERRAND_HEADER]: JSON.stringify(errand) } };
}

type Course = Pick<Errand, 'reason' | 'hop' | 'retriesUsed' | 'heldSince' | 'holds' | 'insteadOf'>;

/** What was parked has its whole schedule before it; what somebody sends again has none. */
const anew = (stored: StoredErrand, asked: Exclude<Asked, 'send-now' | 'cancel'>): Course => ({
  reason: asked,
  // Dispatchers drop a second errand of the same number and hop. Made of the same standing it is a repetition; what came back without an attempt (parked
  // again, canceled) has a later standing, and may be sent again.
  hop: stored.updated_at.getTime(),
  retriesUsed: asked === 'unblock' ? 0 : null,
  heldSince: null,
  holds: 0,
});

/** In the place of the record that waits. Where the log does not know how much of the schedule was used, every attempt so far was of it. */
function goingOn(stored: StoredErrand): Course {
  const waits = waitsOf(stored);
  const { reason, retriesUsed, hop, holds, held }: Waits = waits ?? { reason: stored.attempts ? 'retry' : 'first', retriesUsed: stored.attempts, hop: 0, holds: 0, held: null };
  const isParked = stored.status !== 'pending' && stored.status !== 'held';
  return {
    reason,
    hop: Math.max(stored.updated_at.getTime(), hop + 1),
    retriesUsed,
    heldSince: held?.since ?? null,
    holds,
    ...(!isParked && { insteadOf: { hop, notBefore: (stored.next_at ?? stored.updated_at).getTime() } }),
  };
}

export const sendErrand = (producer: Pick<BatchProducer, 'send'>, stored: StoredErrand, asking: Asking, now = Date.now()): Promise<void> =>
  producer.send(deliveries, errandRecord(stored, asking, now));
