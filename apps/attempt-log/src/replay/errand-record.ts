import { deliveries, ERRAND_HEADER, eventHeaders, type AttemptReason, type Errand } from '@nuncio/contracts';
import type { BatchProducer, OutboundRecord } from '@nuncio/kafka';

/** A delivery that the log has, with the event it is of; or an event that is to become one, whose fields of the delivery are as if nothing had happened. */
export interface StoredErrand {
  readonly id: string;
  readonly event_id: string;
  readonly event_at: Date;
  readonly tenant: string;
  readonly application: string;
  readonly callback: string;
  readonly subscription: string;
  readonly attempts: number;
  readonly first_attempt_at: Date | null;
  readonly updated_at: Date;
  readonly publisher: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly content_type: string | null;
  readonly payload: Buffer;
}

/** What `StoredErrand` is selected by, from `log.deliveries d JOIN log.events e`. */
export const ERRAND_COLUMNS =
  'd.id, d.event_id, d.event_at, d.tenant, d.application, d.callback, d.subscription, d.attempts, d.first_attempt_at, d.updated_at, e.publisher, e.attributes, e.content_type, e.payload';
/** Both copies of an event that was published twice are kept, and a delivery names the one it was made of. */
export const WITH_EVENT = 'JOIN log.events e ON e.id = d.event_id AND e.event_at = d.event_at';

export interface Errands {
  /** One partition keeps the order of one key. */
  readonly key: string;
  readonly reason: AttemptReason;
  /** null = no retries; 0 = the whole schedule. */
  readonly retriesUsed: number | null;
  readonly position: number | null;
  readonly requestedBy: string | null;
}

/** Sends it again: same event and delivery ids, next number. */
export const errandRecord = (stored: StoredErrand, { key, reason, retriesUsed, position, requestedBy }: Errands, now: number): OutboundRecord => {
  const errand: Errand = {
    event: stored.event_id,
    eventAt: stored.event_at.getTime(),
    subscriptions: [stored.subscription],
    of: { tenant: stored.tenant, application: stored.application, callback: stored.callback },
    number: stored.attempts + 1,
    reason,
    notBefore: now,
    // Dispatchers drop a second errand of the same number and hop. Made of the same standing it is a repetition; what came back without an attempt (parked
    // again, canceled) has a later standing, and may be sent again.
    hop: stored.updated_at.getTime(),
    retriesUsed,
    firstAttemptAt: stored.first_attempt_at?.getTime() ?? null,
    heldSince: null,
    holds: 0,
    position,
    requestedBy,
  };
  const headers = eventHeaders({ publisher: stored.publisher, attributes: stored.attributes, contentType: stored.content_type });
  return { key, value: stored.payload, headers: { ...headers, [ERRAND_HEADER]: JSON.stringify(errand) } };
};

export const sendErrand = (producer: Pick<BatchProducer, 'send'>, stored: StoredErrand, errands: Errands): Promise<void> =>
  producer.send(deliveries, errandRecord(stored, errands, Date.now()));
