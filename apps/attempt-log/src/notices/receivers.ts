import { isReserved, isSuspended, takesPart } from '@nuncio/contracts';
import type { ConfigView } from '@nuncio/kafka';
import type { StoredNotice } from './notices.js';

/** Callbacks of one tenant that get a notice: each failing callback could be told to every other one. The first that subscribed do. */
const MOST_RECEIVERS = 20;

/** The callbacks that want notices of a type, by type and tenant; made once for all that are due. */
export type Wanted = ReadonlyMap<string, ReadonlySet<string>>;

const keyOf = (type: string, tenant: string): string => `${type} ${tenant}`;

export function wantedBy(view: Pick<ConfigView, 'get' | 'all'>): Wanted {
  const wanted = new Map<string, Set<string>>();
  // Ids grow with time.
  const subscriptions = [...view.all('subscription')].filter(({ state }) => state.eventTypes.some(isReserved)).sort((a, b) => (a.id < b.id ? -1 : 1));
  for (const { state } of subscriptions) {
    const types = state.eventTypes.filter(isReserved);
    if (!takesPart({ subscription: state, isTenantSuspended: isSuspended(view.get('tenant', state.tenant)?.state) })) continue;
    for (const type of types) {
      const key = keyOf(type, state.tenant);
      wanted.set(key, (wanted.get(key) ?? new Set()).add(state.callback));
    }
  }
  return wanted;
}

/** A callback that gets a notice, and the tenant by which the event is addressed to it. */
export interface Receiver {
  readonly callback: string;
  readonly tenant: string;
}

/**
 * Who gets a notice: callbacks of the tenant that nobody manages but who may see what it is about, and those of `noticesTenant`, which gets the notices of all. Never
 * the callback that it is about: its failures would be told to itself.
 */
export function receiversOf({ type, subject, tenant, groups }: Pick<StoredNotice, 'type' | 'subject' | 'tenant' | 'groups'>, wanted: Wanted, view: Pick<ConfigView, 'get'>, noticesTenant: string | undefined): Receiver[] {
  const tenants = new Set([tenant, noticesTenant].filter((one) => typeof one === 'string'));
  const isReceiver = (callback: string, of: string): boolean => {
    const to = view.get('callback', callback)?.state;
    return to !== undefined && callback !== subject && (of === noticesTenant || managersReach(to.groups, groups));
  };
  return [...tenants].flatMap((of) => {
    const to: Receiver[] = [];
    for (const callback of wanted.get(keyOf(type, of)) ?? []) {
      if (to.length >= MOST_RECEIVERS) break;
      if (isReceiver(callback, of)) to.push({ callback, tenant: of });
    }
    return to;
  });
}

/** Whether everybody who manages what has the groups `managed` sees what has the groups `seen`; none = everybody in the tenant. Whoever makes a callback may give it groups that are not their own. */
const managersReach = (managed: readonly string[], seen: readonly string[]): boolean => seen.length === 0 || (managed.length > 0 && managed.every((group) => seen.includes(group)));
