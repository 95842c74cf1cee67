import { isReserved, isSuspended, takesPart } from '@nuncio/contracts';
import type { ConfigView } from '@nuncio/kafka';
import type { StoredNotice } from './notices.js';

/**
 * The most callbacks of one tenant that get a notice; the first subscribers do. Without a limit each failing callback could be reported to every
 * other one.
 */
const MOST_RECEIVERS = 20;

/** The ids of callbacks that want notices, by type and tenant. Made once per batch of notices. */
export type Wanted = ReadonlyMap<string, ReadonlySet<string>>;

const keyOf = (type: string, tenant: string): string => `${type} ${tenant}`;

export function wantedBy(view: Pick<ConfigView, 'get' | 'all'>): Wanted {
  const wanted = new Map<string, Set<string>>();
  // Ids grow with time, so this is the order in which they subscribed.
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

/** A callback that gets a notice, and the tenant that the event is addressed to. */
export interface Receiver {
  readonly callback: string;
  readonly tenant: string;
}

/**
 * The callbacks that get a notice: those of its tenant whose managers may all see the resource, and those of `noticesTenant`, which gets all notices.
 * Never the callback that it is about, which would report failures to itself.
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

/**
 * Whether everybody who manages something with the groups `managed` may see something with the groups `seen`. No groups = everybody in the tenant.
 * This needs checking since a callback may be given groups that its creator is not in.
 */
const managersReach = (managed: readonly string[], seen: readonly string[]): boolean => seen.length === 0 || (managed.length > 0 && managed.every((group) => seen.includes(group)));
