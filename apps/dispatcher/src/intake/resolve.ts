import { deliveryId, type Errand, type NuncioEvent } from '@nuncio/contracts';
import type { ConfigView, Viewed } from '@nuncio/kafka';
import type { Delivery } from '../delivery/delivery.js';
import type { Endpoint, Endpoints } from '../routing/endpoint.js';

/** What configuration says, at this moment, about sending an event to a subscription. */
export type Standing =
  | { readonly is: 'send'; readonly endpoint: Endpoint; readonly subscription: Viewed<'subscription'> }
  | { readonly is: 'park' | 'disabled' | 'inactive'; readonly endpoint: Endpoint | null; readonly subscription: Viewed<'subscription'> }
  | { readonly is: 'gone' };

export function standingOf(view: Pick<ConfigView, 'get'>, endpoints: Endpoints, id: string): Standing {
  const subscription = view.get('subscription', id);
  if (!subscription) return { is: 'gone' };
  const callback = view.get('callback', subscription.state.callback);
  const endpoint = callback ? endpoints.of(callback) : null;
  if (subscription.state.state === 'blocked') return { is: 'park', endpoint, subscription };
  if (subscription.state.state !== 'activated') return { is: 'inactive', endpoint, subscription };
  return endpoint?.callback.enabled ? { is: 'send', endpoint, subscription } : { is: 'disabled', endpoint, subscription };
}

/** The errand of an event that has just come. */
export const firstErrand = (event: NuncioEvent, eventAt: number, subscriptions: string[]): Errand => ({
  event: event.id,
  eventAt,
  subscriptions,
  number: 1,
  reason: 'first',
  notBefore: eventAt,
  hop: 0,
  retriesUsed: 0,
  firstAttemptAt: null,
  heldSince: null,
  holds: 0,
  position: null,
  requestedBy: null,
});

export const deliveryOf = (event: NuncioEvent, errand: Errand, endpoint: Endpoint, subscription: Viewed<'subscription'>): Delivery => ({
  id: deliveryId(event.id, subscription.id),
  event,
  eventAt: errand.eventAt,
  endpoint,
  subscription,
  number: errand.number,
  reason: errand.reason,
  retriesUsed: errand.retriesUsed,
  firstAttemptAt: errand.firstAttemptAt,
  activatedAt: subscription.state.activatedAt ?? 0,
  hop: errand.hop,
  heldSince: errand.heldSince,
  holds: errand.holds,
  requestedBy: errand.requestedBy,
  insteadOf: errand.insteadOf,
});
