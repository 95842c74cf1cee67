import type { EventType } from './aggregates/event-type.js';
import type { Subscription } from './aggregates/subscription.js';
import type { EventTest, FilteredEvent } from './filter/index.js';
import { isReserved, NOTICE_CALLBACK } from './notices/reserved.js';

/** Instead of event types: every type that requires no approval and is no notice. */
export const EVERYTHING = '*';

/** A subscription, and the rest of the configuration that decides about it. */
export interface Candidate {
  readonly subscription: Subscription;
  /** Its filter, compiled; null = it has none. */
  readonly filter: EventTest | null;
  readonly isTenantSuspended: boolean;
}

/** An event, its type (undefined = there is none of this name), and the tenants that it names. */
export interface Addressed {
  readonly type: EventType | undefined;
  readonly tenants: readonly string[];
  readonly event: FilteredEvent;
}

/** Why a subscription may not have an event. With `awaits-approval` alone, the event is parked until the subscription is approved again. */
export type Refusal = 'unknown-type' | 'other-tenant' | 'other-type' | 'other-callback' | 'needs-approval' | 'tenant-suspended' | 'awaits-approval' | 'inactive' | 'filtered-out';

/** Whether event types, or `*`, cover a type. */
export const covers = (eventTypes: readonly string[], { name, approval }: Pick<EventType, 'name' | 'approval'>): boolean =>
  eventTypes.includes(name) || (approval === 'none' && !isReserved(name) && eventTypes.includes(EVERYTHING));

/** Events are delivered to activated subscriptions, and parked for blocked ones. */
const isActive = ({ state }: Subscription): boolean => state === 'activated' || state === 'blocked';

/** Whether the subscription gets any event at all, or has it parked. */
export const takesPart = ({ subscription, isTenantSuspended }: Omit<Candidate, 'filter'>): boolean =>
  !isTenantSuspended && (isActive(subscription) || subscription.awaitsApproval);

/**
 * Whether a subscription may have an event now: null = yes, else the first reason against it. Routing, retries, replays, dry runs, simulation and
 * reading all use this, and nothing else decides it.
 */
export function mayHave({ subscription, filter, isTenantSuspended }: Candidate, { type, tenants, event }: Addressed): Refusal | null {
  if (!type) return 'unknown-type';
  if (type.audience === 'addressed' && !tenants.includes(subscription.tenant)) return 'other-tenant';
  if (!covers(subscription.eventTypes, type)) return subscription.eventTypes.includes(EVERYTHING) && !isReserved(type.name) ? 'needs-approval' : 'other-type';
  if (isForAnother(type, subscription, event)) return 'other-callback';
  if (isTenantSuspended) return 'tenant-suspended';
  if (!isActive(subscription) && !subscription.awaitsApproval) return 'inactive';
  if (filter && !filter(event)) return 'filtered-out';
  return isActive(subscription) ? null : 'awaits-approval';
}

/** A notice is only for the callback that it names. */
function isForAnother({ name }: EventType, { callback, tenant }: Subscription, event: FilteredEvent): boolean {
  if (!isReserved(name)) return false;
  const meant = event.attribute(NOTICE_CALLBACK, tenant);
  return meant !== undefined && meant !== callback;
}

/** Every reason against it, for an event whose type is known. Each is found as if the ones before did not hold. */
export function refusals(candidate: Candidate, event: Addressed & { readonly type: EventType }): Refusal[] {
  const found: Refusal[] = [];
  let asked = { candidate, event };
  for (let next = mayHave(candidate, event); next !== null; next = mayHave(asked.candidate, asked.event)) {
    found.push(next);
    asked = without(next, asked);
  }
  return found;
}

interface Asked {
  readonly candidate: Candidate;
  readonly event: Addressed & { readonly type: EventType };
}

function without(refusal: Refusal, { candidate, event }: Asked): Asked {
  const { subscription } = candidate;
  const as = (more: Partial<Subscription>): Asked => ({ candidate: { ...candidate, subscription: { ...subscription, ...more } }, event });
  switch (refusal) {
    case 'other-tenant':
      return { candidate, event: { ...event, tenants: [subscription.tenant] } };
    case 'other-type':
    case 'needs-approval':
      return as({ eventTypes: [event.type.name] });
    case 'other-callback':
      return as({ callback: event.event.attribute(NOTICE_CALLBACK, subscription.tenant) ?? subscription.callback });
    case 'tenant-suspended':
      return { candidate: { ...candidate, isTenantSuspended: false }, event };
    case 'filtered-out':
      return { candidate: { ...candidate, filter: null }, event };
    case 'inactive':
    case 'awaits-approval':
    case 'unknown-type':
      return as({ state: 'activated' });
  }
}
