import { advice } from '@nuncio/auth';
import { ErrorClass, HeldFor, isSuspended, takesPart, TokenError, type Attempted } from '@nuncio/contracts';
import type { ConfigView } from '@nuncio/kafka';
import { Moment } from '@nuncio/service';
import { z } from 'zod';
import { DeliveryStatus } from '../../delivery-status.js';
import { ShownAttempt } from '../attempts/attempt.js';
import { Lineage } from '../lineage.js';
import { explain } from './explanation.js';
import { waitsOf, type StoredDelivery } from './stored-delivery.js';
import { TimelineEntry } from './timeline.js';

/** Which delivery it is, and whose. */
export const namesOfDelivery = {
  id: z.string(),
  event: z.string(),
  ceId: z.string(),
  ceSource: z.string(),
  eventType: z.string(),
  tenant: z.string(),
  application: z.string(),
  callback: z.string(),
  subscription: z.string(),
};

export const showNames = (row: Pick<StoredDelivery, 'id' | 'event_id' | 'ce_id' | 'ce_source' | 'event_type' | 'tenant' | 'application' | 'callback' | 'subscription'>) => ({
  id: row.id,
  event: row.event_id,
  ceId: row.ce_id,
  ceSource: row.ce_source,
  eventType: row.event_type,
  tenant: row.tenant,
  application: row.application,
  callback: row.callback,
  subscription: row.subscription,
});

/** A delivery in the API. */
export const ShownDelivery = z
  .object({
    ...namesOfDelivery,
    status: DeliveryStatus,
    reason: z.string().nullable(),
    /** A sentence on where it stands, and why. */
    explanation: z.string(),
    next: z.union([z.object({ step: z.enum(['later', 'held']), notBefore: Moment.nullable() }), z.object({ step: z.enum(['parked', 'dead', 'done']) })]),
    /** What a held delivery waits for; null = it is not held, or its facts are from before they said. */
    hold: z
      .object({
        for: HeldFor,
        since: Moment,
        /** When it is tried next; a moment that has passed = any moment. */
        nextAt: Moment.nullable(),
        /** It comes to its end without an attempt, unless it could be made by then. */
        givesUpAt: Moment,
        credential: z.string().nullable(),
        tokenError: TokenError.nullable(),
        advice: z.string().nullable(),
      })
      .nullable(),
    willCancel: z.boolean(),
    attemptCount: z.int(),
    firstAttemptAt: Moment.nullable(),
    lastAttemptAt: Moment.nullable(),
    lastAttempt: z.string().nullable(),
    responseStatus: z.int().nullable(),
    errorClass: ErrorClass.nullable(),
    createdAt: Moment,
    updatedAt: Moment,
  })
  .meta({ id: 'Delivery' });

/** With all its attempts, first one first. */
export const WholeDelivery = ShownDelivery.extend({
  /** null = the log has not read its event yet, or does not keep it any more. */
  lineage: Lineage.nullable(),
  attempts: z.array(ShownAttempt),
  /** Everything that happened to it, first one first. */
  timeline: z.array(TimelineEntry),
});

/** Out of its row. Dates become RFC 3339 when it is written as JSON. */
export const showDelivery = (row: StoredDelivery, view: Pick<ConfigView, 'get'>, lastAttempt?: Attempted) => ({
  ...showNames(row),
  status: row.status,
  reason: row.reason,
  explanation: explain(row, { willCancel: willCancel(row, view), tokenError: lastAttempt?.tokenError ?? null, detail: lastAttempt?.error?.detail ?? null }),
  next: nextStep(row),
  hold: holdOf(row, view),
  willCancel: willCancel(row, view),
  attemptCount: row.attempts,
  firstAttemptAt: row.first_attempt_at,
  lastAttemptAt: row.last_attempt_at,
  lastAttempt: row.last_attempt,
  responseStatus: row.response_status,
  errorClass: row.error_class,
  createdAt: row.event_at,
  updatedAt: row.updated_at,
});

export type ShownDelivery = ReturnType<typeof showDelivery>;

function nextStep({ status, next_at }: StoredDelivery) {
  switch (status) {
    case 'pending':
      return { step: 'later' as const, notBefore: next_at };
    case 'held':
      return { step: status, notBefore: next_at };
    case 'parked':
      return { step: status };
    case 'failed':
    case 'expired':
      return { step: 'dead' as const };
    case 'delivered':
    case 'canceled':
    case 'skipped':
      return { step: 'done' as const };
  }
}

function holdOf(row: StoredDelivery, view: Pick<ConfigView, 'get'>) {
  const held = row.status === 'held' ? waitsOf(row)?.held : null;
  if (!held) return null;
  const authentication = view.get('callback', row.callback)?.state.authentication;
  return {
    for: held.for,
    since: new Date(held.since),
    nextAt: row.next_at,
    givesUpAt: new Date(held.givesUpAt),
    credential: held.for === 'no-token' && authentication?.type === 'oauth2' ? authentication.credential : null,
    tokenError: held.tokenError,
    advice: held.tokenError && advice(held.tokenError),
  };
}

/** What still waits is never sent, as configuration stands now; the dispatcher records it as canceled once it is due. */
export function willCancel({ status, subscription, callback }: StoredDelivery, view: Pick<ConfigView, 'get'>): boolean {
  if (status !== 'pending' && status !== 'held') return false;
  const found = view.get('subscription', subscription)?.state;
  const isTenantSuspended = isSuspended(view.get('tenant', found?.tenant ?? '')?.state);
  return !found || !takesPart({ subscription: found, isTenantSuspended }) || !view.get('callback', callback)?.state.enabled;
}
