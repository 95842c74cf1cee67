import type { paths } from '../api/schema.js';

type QueryOf<P extends keyof paths> = paths[P] extends { get: { parameters: { query?: infer Q } } } ? NonNullable<Q> : never;
export type DeliveryQuery = QueryOf<'/v1/deliveries'>;
export type AttemptQuery = QueryOf<'/v1/attempts'>;
export type SubscriptionQuery = QueryOf<'/v1/subscriptions'>;
export type CallbackQuery = QueryOf<'/v1/callbacks'>;
export type EventTypeQuery = QueryOf<'/v1/event-types'>;
export type AuditQuery = QueryOf<'/v1/audit'>;
export type EventQuery = QueryOf<'/v1/events'>;

/** Filters as they stand in the page's URL. What is chosen among several stands as a list. */
export type Search = Readonly<Record<string, readonly string[] | string | undefined>>;

/** Takes of a URL's search what is a filter, and passes over the rest. `since` is RFC 3339, or relative: `-15m`, `-1h`, `-7d`. */
const reader =
  (lists: readonly string[]) =>
  (given: Record<string, unknown>): Search => {
    const search: Record<string, string[] | string> = {};
    for (const name of lists) {
      const values = [given[name]].flat().filter((value) => value !== undefined && value !== '').map(String);
      if (values.length) search[name] = values;
    }
    if (typeof given.since === 'string' && sinceOf(given.since) !== null) search.since = given.since;
    return search;
  };

export const deliverySearch = reader(['status', 'errorClass', 'responseStatus', 'tenant', 'callback', 'subscription', 'eventType', 'event', 'subject']);
export const attemptSearch = reader(['status', 'errorClass', 'responseStatus', 'tenant', 'callback', 'subscription', 'eventType', 'delivery', 'event']);
export const subscriptionSearch = reader(['state', 'q', 'tenant']);
export const callbackSearch = reader(['q', 'tenant']);
export const auditSearch = reader(['kind', 'tenant', 'actor', 'id']);
export const eventTypeSearch = reader(['q', 'audience', 'approval']);
export const eventSearch = reader(['ceId', 'ceSource', 'eventType', 'subject', 'tenant', 'unmatched']);

const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** RFC 3339; null = it is no time. */
export function sinceOf(text: string, now = Date.now()): string | null {
  const [, count, unit = ''] = /^-(\d{1,4})([mhd])$/.exec(text) ?? [];
  const ms = count === undefined ? Date.parse(text) : now - Number(count) * (UNIT_MS[unit] ?? 0);
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}

/** The search as the API takes it. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- whose query it is, the caller says
export function toQuery<Q>({ since, ...lists }: Search): Q {
  const from = typeof since === 'string' ? sinceOf(since) : null;
  return { ...lists, ...(from !== null && { since: from }) } as Q;
}
