import { compileFilter, FilteredEvent, isSuspended, mayHave, type EventTest, type Refusal, type Subscription } from '@nuncio/contracts';
import type { ConfigView } from '@nuncio/kafka';
import { pauseEnd } from '../pause-end.js';
import { addressedAs } from '../query/events/event.js';
import type { Sought } from './candidates.js';

/** Why what is stored may not go to its subscription. */
export type Prevented = Refusal | 'gone';

/** The one question of everything that is sent again, of one delivery or of many, in earnest or as a dry run: may this subscription have this event, as configuration is now? */
export class MayGo {
  readonly #filters = new WeakMap<Subscription, EventTest>();

  constructor(private readonly view: Pick<ConfigView, 'get'>) {}

  /** null = it may, now or once its subscription is active. */
  prevents(sought: Sought & { readonly payload: Buffer }): Prevented | null {
    return this.#prevents(sought.subscription, sought.event_type, (found) => ({ ...addressedAs(sought), filter: this.#filterOf(found) }));
  }

  /** The same of all that are of one type, and went to this subscription's tenant: only where no filter asks for more. */
  preventsAll({ subscription, event_type }: Pick<Sought, 'subscription' | 'event_type'>): Prevented | null {
    return this.#prevents(subscription, event_type, ({ tenant }) => ({ tenants: [tenant], filter: null, event: NO_EVENT }));
  }

  /** Whether its subscription has a filter. */
  isFiltered({ subscription }: Pick<Sought, 'subscription'>): boolean {
    return Boolean(this.view.get('subscription', subscription)?.state.filter);
  }

  #prevents(id: string, eventType: string, ask: (subscription: Subscription) => { tenants: string[]; filter: EventTest | null; event: FilteredEvent }): Prevented | null {
    const subscription = this.view.get('subscription', id)?.state;
    if (!subscription) return 'gone';
    const { tenants, filter, event } = ask(subscription);
    // What only its state keeps from being sent is parked, and goes once that is over.
    const active = { subscription: { ...subscription, state: 'activated' as const }, filter, isTenantSuspended: false };
    return mayHave(active, { type: this.view.get('event-type', eventType)?.state, tenants, event });
  }

  /** Whether it would be sent at once, and not parked, skipped or canceled. */
  isOpen(subscription: string): boolean {
    const found = this.view.get('subscription', subscription)?.state;
    return found?.state === 'activated' && !isSuspended(this.view.get('tenant', found.tenant)?.state) && this.view.get('callback', found.callback)?.state.enabled === true;
  }

  /** Until when the pause of its callback keeps it; null = it is not paused. */
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
