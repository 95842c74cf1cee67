import type { Attempted, ErrorClass } from '@nuncio/contracts';
import type { ConfigView } from '@nuncio/kafka';
import type { DeliveryStatus } from '../delivery-status.js';
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
}

/** A delivery in the API. Dates become RFC 3339 when it is written as JSON. */
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
  const state = view.get('subscription', subscription)?.state.state;
  return (state !== 'activated' && state !== 'blocked') || !view.get('callback', callback)?.state.enabled;
}
