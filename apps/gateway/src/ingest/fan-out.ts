import { covers, EVERYTHING, takesPart, type AggregateRecord, type EventType, type Subscription } from '@nuncio/contracts';
import type { ConfigView } from '@nuncio/kafka';

/** The most deliveries that an event may have: a tenant's active subscriptions, counted by event type. */
export class FanOut {
  readonly #counted = new Map<string, Subscription>();
  readonly #byTenant = new Map<string, Map<string, number>>();

  /** The view must have the kind `subscription`. */
  constructor(view: Pick<ConfigView, 'all' | 'onChange'>) {
    for (const { id, state } of view.all('subscription')) this.#set(id, state);
    view.onChange((record: AggregateRecord) => {
      if (record.kind === 'subscription') this.#set(record.id, record.state);
    });
  }

  /** The most deliveries of an event of this type for this tenant. Filters are not considered. */
  of(tenant: string, type: EventType): number {
    const counts = this.#byTenant.get(tenant);
    return (counts?.get(type.name) ?? 0) + (covers([EVERYTHING], type) ? (counts?.get(EVERYTHING) ?? 0) : 0);
  }

  #set(id: string, subscription: Subscription | null): void {
    const before = this.#counted.get(id);
    if (before) this.#add(before, -1);
    this.#counted.delete(id);
    if (!subscription || !takesPart({ subscription, isTenantSuspended: false })) return;
    this.#counted.set(id, subscription);
    this.#add(subscription, 1);
  }

  #add({ tenant, eventTypes }: Subscription, one: 1 | -1): void {
    const counts = this.#byTenant.get(tenant) ?? new Map<string, number>();
    this.#byTenant.set(tenant, counts);
    for (const type of new Set(eventTypes)) {
      const count = (counts.get(type) ?? 0) + one;
      if (count) counts.set(type, count);
      else counts.delete(type);
    }
    if (!counts.size) this.#byTenant.delete(tenant);
  }
}
