import { deliveries, ERRAND_HEADER, eventHeaders, type Errand } from '@nuncio/contracts';
import type { BatchProducer, OutboundRecord } from '@nuncio/kafka';
import type { DeliveryStatus } from '../delivery-status.js';
import type { Waits } from '../ingest/standing.js';
import { waitsOf, type StoredDelivery } from '../query/deliveries/stored-delivery.js';
import type { ParkedDelivery } from './parked-delivery.js';

/** A stored delivery with its event. Or an event that has no delivery yet; then the fields of the delivery have the values of a new one. */
export interface StoredErrand extends ParkedDelivery, Readonly<Pick<StoredDelivery, 'next_at' | 'waits' | 'first_attempt_at'>> {
  /** null = there is no delivery yet. */
  readonly status: DeliveryStatus | null;
  readonly publisher: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly content_type: string | null;
  readonly payload: Buffer;
}

/** The columns of `StoredErrand`, selected from `log.deliveries d JOIN log.events e`. */
export const ERRAND_COLUMNS = `d.id, d.event_id, d.event_at, d.event_type, d.ce_id, d.ce_source, d.tenant, d.application, d.callback, d.subscription,
  d.status, d.next_at, d.waits, d.attempts, d.first_attempt_at, d.updated_at, e.publisher, e.attributes, e.content_type, e.payload`;
/** An event that was published twice has two rows. A delivery names the one it was made of by `event_at`. */
export const WITH_EVENT = 'JOIN log.events e ON e.id = d.event_id AND e.event_at = d.event_at';

/** Everything that the log can ask a dispatcher to do with a delivery. */
export type Asked = 'resend' | 'recover' | 'replay' | 'unblock' | 'send-now' | 'cancel';

interface Asking {
  readonly asked: Asked;
  /** The record's key. Records of one key share a partition, which keeps their order. */
  readonly key: string;
  readonly position: number | null;
  readonly requestedBy: string | null;
  /** The bulk operation; null = a single request. */
  readonly operation: string | null;
}

/** Both act on the record that waits, so they keep its attempt number and its place in the retry schedule. */
const isOfWaiting = (asked: Asked): asked is 'send-now' | 'cancel' => asked === 'send-now' || asked === 'cancel';

/** The record that asks for the next attempt of a delivery, or cancels it. It has the same event and delivery ids, and the next attempt number. */
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

/** A parked delivery starts its retry schedule anew; one that is sent again by hand has no retries. */
const anew = (stored: StoredErrand, asked: Exclude<Asked, 'send-now' | 'cancel'>): Course => ({
  reason: asked,
  // Dispatchers drop a second errand of the same number and hop. An errand made again from the same row has the same hop, and is dropped. A delivery
  // that came back without an attempt (parked again, canceled) has a later `updated_at`, so it may be sent again.
  hop: stored.updated_at.getTime(),
  retriesUsed: asked === 'unblock' ? 0 : null,
  heldSince: null,
  holds: 0,
});

/** Takes the place of the record that waits. If the log does not know how many retries were used, it assumes that every attempt so far was one. */
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
