import { ErrorClass, takesPart, type Attempted } from '@nuncio/contracts';
import type { ConfigView } from '@nuncio/kafka';
import { Moment } from '@nuncio/service';
import { z } from 'zod';
import { DeliveryStatus } from '../delivery-status.js';
import { ShownAttempt } from './attempt.js';
import { Lineage } from './lineage.js';
import { explain } from './explanation.js';

/** A row of log.deliveries, as far as it is shown. */
export interface StoredDelivery {
  id: string;
  event_at: Date;
  event_id: string;
  event_type: string;
  ce_id: string;
  ce_source: string;
  tenant: string;
  application: string;
  callback: string;
  subscription: string;
  status: DeliveryStatus;
  next_at: Date | null;
  reason: string | null;
  updated_at: Date;
  attempts: number;
  first_attempt_at: Date | null;
  last_attempt_at: Date | null;
  last_attempt: string | null;
  response_status: number | null;
  error_class: ErrorClass | null;
  /** Of the first success; null in rows from before these columns, too, whose last attempt it was. */
  delivered_number: number | null;
  delivered_at: Date | null;
}

/** A delivery in the API. */
export const ShownDelivery = z
  .object({
    id: z.string(),
    event: z.string(),
    ceId: z.string(),
    ceSource: z.string(),
    eventType: z.string(),
    tenant: z.string(),
    application: z.string(),
    callback: z.string(),
    subscription: z.string(),
    status: DeliveryStatus,
    reason: z.string().nullable(),
    /** A sentence on where it stands, and why. */
    explanation: z.string(),
    next: z.union([z.object({ step: z.literal('later'), notBefore: Moment.nullable() }), z.object({ step: z.enum(['parked', 'held', 'dead', 'done']) })]),
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
});

/** Out of its row. Dates become RFC 3339 when it is written as JSON. */
export const showDelivery = (row: StoredDelivery, view: Pick<ConfigView, 'get'>, lastAttempt?: Attempted) => ({
  id: row.id,
  event: row.event_id,
  ceId: row.ce_id,
  ceSource: row.ce_source,
  eventType: row.event_type,
  tenant: row.tenant,
  application: row.application,
  callback: row.callback,
  subscription: row.subscription,
  status: row.status,
  reason: row.reason,
  explanation: explain(row, { willCancel: willCancel(row, view), tokenError: lastAttempt?.tokenError ?? null }),
  next: nextStep(row),
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
    case 'parked':
    case 'held':
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

/** What still waits is never sent, as configuration stands now; the dispatcher records it as canceled once it is due. */
function willCancel({ status, subscription, callback }: StoredDelivery, view: Pick<ConfigView, 'get'>): boolean {
  if (status !== 'pending' && status !== 'held') return false;
  const found = view.get('subscription', subscription)?.state;
  const isTenantSuspended = view.get('tenant', found?.tenant ?? '')?.state.state === 'suspended';
  return !found || !takesPart({ subscription: found, isTenantSuspended }) || !view.get('callback', callback)?.state.enabled;
}
