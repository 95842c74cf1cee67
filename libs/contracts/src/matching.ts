import type { EventType } from './aggregates/event-type.js';
import type { Subscription, SubscriptionState } from './aggregates/subscription.js';
import type { EventTest, FilteredEvent } from './filter/index.js';

/** In the place of event types: every one that requires no approval. */
export const EVERYTHING = '*';

/** Events match activated subscriptions (delivered) and blocked ones (parked). */
export const MATCHING_STATES: ReadonlySet<SubscriptionState> = new Set(['activated', 'blocked']);

/** Why a subscription does not get an event. */
export type Refusal = 'other-tenant' | 'other-type' | 'needs-approval' | 'inactive' | 'filtered-out';

/** An event that was admitted: its type is known, and it names tenants where the type wants that. */
export interface Addressed {
  readonly type: EventType;
  readonly tenants: readonly string[];
  readonly event: FilteredEvent;
}

/** Everything that keeps an event from a subscription, whose `filter` is compiled; empty = it gets the event. A dispatcher finds the same by an index. */
export function refusals({ tenant, eventTypes, state }: Subscription, filter: EventTest | null, { type, tenants, event }: Addressed): Refusal[] {
  const named = eventTypes.includes(type.name);
  const byStar = !named && eventTypes.includes(EVERYTHING);
  const found: Refusal[] = [];
  if (type.audience === 'addressed' && !tenants.includes(tenant)) found.push('other-tenant');
  if (!named && !byStar) found.push('other-type');
  if (byStar && type.approval === 'required') found.push('needs-approval');
  if (!MATCHING_STATES.has(state)) found.push('inactive');
  if (filter && !filter(event)) found.push('filtered-out');
  return found;
}
