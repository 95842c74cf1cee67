import { Logger } from '@nestjs/common';
import { compileFilter, EVERYTHING, FilteredEvent, isSuspended, mayHave, takesPart, type Addressed, type AggregateRecord, type EventTest, type EventType, type NuncioEvent, type Refusal, type Tenant } from '@nuncio/contracts';
import type { Viewed } from '@nuncio/kafka';
import { payloadFault } from '@nuncio/payload-schema';

export type Route = Viewed<'subscription'>;
export type Unmatched = 'no-subscription' | 'unknown-type' | 'no-tenant' | 'unknown-tenant';
/** How a payload violates the schema of its type. */
interface Misfit {
  readonly misfit: string;
}

const EVERY_TENANT = '';

/**
 * The subscriptions that get an event. An index by (tenant, event type), updated with every change, finds candidates, and contracts' `mayHave` decides, so that
 * matching costs the same whatever their number. `*` has an entry of its own; broadcast events are looked up under no tenant. Everything that looks into a payload
 * shares one view of it, parsed when first needed. Routes are the view's own records, not copies: copies would hold a hundred thousand of them twice.
 */
export class RoutingTable {
  readonly #logger = new Logger('Routing');
  readonly #eventTypes = new Map<string, EventType>();
  readonly #tenants = new Map<string, Tenant>();
  readonly #indexed = new Map<string, Route>();
  readonly #index = new Map<string, Set<Route>>();
  /** The compiled filters of the subscriptions that have one. */
  readonly #filters = new Map<Route, EventTest>();

  apply(record: AggregateRecord): void {
    if (record.kind === 'event-type') {
      if (record.state) this.#eventTypes.set(record.id, record.state);
      else this.#eventTypes.delete(record.id);
    }
    if (record.kind === 'tenant') {
      if (record.state) this.#tenants.set(record.id, record.state);
      else this.#tenants.delete(record.id);
    }
    if (record.kind !== 'subscription') return;
    const before = this.#indexed.get(record.id);
    if (before) this.#remove(before);
    if (record.state && takesPart({ subscription: record.state, isTenantSuspended: false })) this.#add(record as Route);
  }

  /** The subscriptions that get this event, now or when they are approved again, or why there are none. */
  match(event: NuncioEvent): readonly Route[] | Unmatched | Misfit {
    const addressed = this.#address(event);
    const { type, event: view } = addressed;
    if (!type) return 'unknown-type';
    const tenants = type.audience === 'broadcast' ? [EVERY_TENANT] : event.tenants;
    if (!tenants.length) return 'no-tenant';
    const fault = payloadFault(type.schema, view, (why) => { this.#logger.warn(`The payloads of ${type.name} are not checked, because its schema cannot be used: ${why}. Correct the event type.`); });
    if (fault) return { misfit: `${fault.pointer} ${fault.detail}` };
    const found = new Set<Route>();
    for (const tenant of tenants) {
      for (const route of this.#index.get(keyOf(tenant, event.type)) ?? []) found.add(route);
      for (const route of this.#index.get(keyOf(tenant, EVERYTHING)) ?? []) found.add(route);
    }
    const wanted = [...found].filter((route) => {
      const refusal = this.#ask(route, addressed, this.#filters.get(route) ?? null);
      return refusal === null || refusal === 'awaits-approval';
    });
    if (wanted.length) return wanted;
    return type.audience === 'addressed' && !tenants.some((tenant) => this.#tenants.has(tenant)) ? 'unknown-tenant' : 'no-subscription';
  }

  /** Whether an event that is delivered names, beside its receivers, a tenant that does not exist. */
  namesStranger({ type, tenants }: NuncioEvent): boolean {
    return tenants.length > 1 && this.#eventTypes.get(type)?.audience === 'addressed' && !tenants.every((tenant) => this.#tenants.has(tenant));
  }

  /** Why a subscription may not have an event now; null = it may. */
  refusal(route: Route, event: NuncioEvent): Refusal | null {
    const { filter } = route.state;
    return this.#ask(route, this.#address(event), this.#filters.get(route) ?? (filter && compileFilter(filter, route.state.tenant)));
  }

  /** The same for a subscription whose filter has let the event pass: neither has changed since. */
  refusalSince(route: Route, event: NuncioEvent): Refusal | null {
    return this.#ask(route, this.#address(event), null);
  }

  #address(event: NuncioEvent): Addressed {
    return { type: this.#eventTypes.get(event.type), tenants: event.tenants, event: new FilteredEvent(event) };
  }

  #ask({ state }: Route, event: Addressed, filter: EventTest | null): Refusal | null {
    return mayHave({ subscription: state, filter, isTenantSuspended: isSuspended(this.#tenants.get(state.tenant)) }, event);
  }

  #add(route: Route): void {
    this.#indexed.set(route.id, route);
    const { filter } = route.state;
    if (filter) this.#filters.set(route, compileFilter(filter, route.state.tenant));
    for (const key of keysOf(route)) {
      const routes = this.#index.get(key);
      if (routes) routes.add(route);
      else this.#index.set(key, new Set([route]));
    }
  }

  #remove(route: Route): void {
    this.#indexed.delete(route.id);
    this.#filters.delete(route);
    for (const key of keysOf(route)) {
      const routes = this.#index.get(key);
      routes?.delete(route);
      if (!routes?.size) this.#index.delete(key);
    }
  }
}

const keyOf = (tenant: string, type: string): string => `${tenant} ${type}`;
const keysOf = ({ state }: Route): string[] => state.eventTypes.flatMap((type) => [keyOf(state.tenant, type), keyOf(EVERY_TENANT, type)]);
