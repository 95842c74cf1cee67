import { compileFilter, FilteredEvent, isSuspended, mayHave, type EventTest, type Refusal, type Subscription } from '@nuncio/contracts';
import type { ConfigView } from '@nuncio/kafka';
import { pauseEnd } from '../pause-end.js';
import { addressedAs } from '../query/events/event.js';
import type { Sought } from './candidates.js';

/** Why a stored event may not go to a subscription. */
export type Prevented = Refusal | 'gone';

/**
 * Decides whether a subscription may have an event under the present configuration. Everything that is sent again asks this: single deliveries and
 * operations, dry runs too.
 */
export class MayGo {
  readonly #filters = new WeakMap<Subscription, EventTest>();

  constructor(private readonly view: Pick<ConfigView, 'get'>) {}

  /** null = it may be sent, now or once its subscription is active. */
  prevents(sought: Sought & { readonly payload: Buffer }): Prevented | null {
    return this.#prevents(sought.subscription, sought.event_type, (found) => ({ ...addressedAs(sought), filter: this.#filterOf(found) }));
  }

  /** The same for all events of one type that went to this subscription's tenant. Valid only if the subscription has no filter. */
  preventsAll({ subscription, event_type }: Pick<Sought, 'subscription' | 'event_type'>): Prevented | null {
    return this.#prevents(subscription, event_type, ({ tenant }) => ({ tenants: [tenant], filter: null, event: NO_EVENT }));
  }

  isFiltered({ subscription }: Pick<Sought, 'subscription'>): boolean {
    return Boolean(this.view.get('subscription', subscription)?.state.filter);
  }

  #prevents(id: string, eventType: string, ask: (subscription: Subscription) => { tenants: string[]; filter: EventTest | null; event: FilteredEvent }): Prevented | null {
    const subscription = this.view.get('subscription', id)?.state;
    if (!subscription) return 'gone';
    const { tenants, filter, event } = ask(subscription);
    // An inactive subscription only parks its deliveries, so it counts as active here.
    const active = { subscription: { ...subscription, state: 'activated' as const }, filter, isTenantSuspended: false };
    return mayHave(active, { type: this.view.get('event-type', eventType)?.state, tenants, event });
  }

  /** Whether a delivery would be sent at once, rather than parked, skipped or canceled. */
  isOpen(subscription: string): boolean {
    const found = this.view.get('subscription', subscription)?.state;
    return found?.state === 'activated' && !isSuspended(this.view.get('tenant', found.tenant)?.state) && this.view.get('callback', found.callback)?.state.enabled === true;
  }

  /** When the pause of the subscription's callback ends; null = it is not paused. */
  pausedUntil(subscription: string): Date | null {
    const found = this.view.get('subscription', subscription)?.state;
    return found ? pauseEnd(this.view.get('callback', found.callback)?.state) : null;
  }

  #filterOf(subscription: Subscription): EventTest | null {
    const { filter } = subscription;
    if (!filter) return null;
    const known = this.#filters.get(subscription) ?? compileFilter(filter, subscription.tenant);
    this.#filters.set(subscription, known);
    return known;
  }
}

const NO_EVENT = new FilteredEvent({ attributes: {}, contentType: null, payload: Buffer.alloc(0), tenants: [] });
