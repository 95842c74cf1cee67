import { asKnownTo, deliveryId, type Errand, type NuncioEvent, type ReasonSentence, type Refusal } from '@nuncio/contracts';
import type { ConfigView } from '@nuncio/kafka';
import type { Delivery } from '../delivery/delivery.js';
import type { Endpoint, Endpoints } from '../routing/endpoint.js';
import type { Route, RoutingTable } from '../routing/routing-table.js';

/** What the present configuration says about sending an event to a subscription. */
export type Standing =
  | { readonly is: 'send'; readonly endpoint: Endpoint; readonly subscription: Route }
  | { readonly is: 'park' | 'disabled' | 'refused'; readonly why: ReasonSentence; readonly refusal?: Refusal; readonly endpoint: Endpoint | null; readonly subscription: Route }
  | { readonly is: 'gone'; readonly why: ReasonSentence }
  /** Only a newer release can read its subscription or its callback. */
  | { readonly is: 'newer' };

export interface Configured {
  readonly view: Pick<ConfigView, 'get' | 'isNewer'>;
  readonly endpoints: Endpoints;
  readonly routing: Pick<RoutingTable, 'refusal' | 'refusalSince'>;
}

/** `matched`: the route of the subscription at the time when the event passed its filter. */
export function standingOf({ view, endpoints, routing }: Configured, id: string, event: NuncioEvent, matched?: Route): Standing {
  const subscription = view.get('subscription', id);
  if (view.isNewer('subscription', id) || (subscription && view.isNewer('callback', subscription.state.callback))) return { is: 'newer' };
  if (!subscription) return { is: 'gone', why: 'the subscription was deleted' };
  const callback = view.get('callback', subscription.state.callback);
  const endpoint = callback ? endpoints.of(callback) : null;
  const refusal = matched === subscription ? routing.refusalSince(subscription, event) : routing.refusal(subscription, event);
  if (refusal) return { is: refusal === 'awaits-approval' ? 'park' : 'refused', why: WHY[refusal], refusal, endpoint, subscription };
  if (subscription.state.state === 'blocked') return { is: 'park', why: 'the subscription is blocked', endpoint, subscription };
  return endpoint?.callback.enabled ? { is: 'send', endpoint, subscription } : { is: 'disabled', why: 'the callback is disabled', endpoint, subscription };
}

const WHY: Readonly<Record<Refusal, ReasonSentence>> = {
  'unknown-type': 'its event type was deleted',
  'other-tenant': "the event is not addressed to the subscription's tenant",
  'other-type': 'the subscription does not cover its event type now',
  'other-callback': 'the notice is for another callback',
  'needs-approval': '"*" does not cover its event type, which requires approval now',
  'tenant-suspended': 'the tenant is suspended',
  'awaits-approval': 'the subscription waits to be approved again',
  inactive: 'the subscription is not active',
  'filtered-out': 'the event does not pass the filter of the subscription now',
};

/** The errand of an event that has just arrived. */
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

/** From here on, the event names only the tenant that gets it, in everything that is sent, kept or passed on. */
export const deliveryOf = (event: NuncioEvent, errand: Errand, endpoint: Endpoint, subscription: Route): Delivery => ({
  id: deliveryId(event.id, subscription.id),
  event: asKnownTo(subscription.state.tenant, event),
  eventAt: errand.eventAt,
  endpoint,
  subscription,
  number: errand.number,
  reason: errand.reason,
  dueAt: errand.notBefore,
  retriesUsed: errand.retriesUsed,
  firstAttemptAt: errand.firstAttemptAt,
  activatedAt: subscription.state.activatedAt ?? 0,
  hop: errand.hop,
  heldSince: errand.heldSince,
  holds: errand.holds,
  pausedUntil: errand.pausedUntil,
  requestedBy: errand.requestedBy,
  operation: errand.operation,
  insteadOf: errand.insteadOf,
  errand,
});
