import type { paths } from '../api/schema.js';

type QueryOf<P extends keyof paths> = paths[P] extends { get: { parameters: { query?: infer Q } } } ? NonNullable<Q> : never;
export type DeliveryQuery = QueryOf<'/v1/deliveries'>;
export type AttemptQuery = QueryOf<'/v1/attempts'>;
export type SubscriptionQuery = QueryOf<'/v1/subscriptions'>;
export type CallbackQuery = QueryOf<'/v1/callbacks'>;
export type EventTypeQuery = QueryOf<'/v1/event-types'>;
export type AuditQuery = QueryOf<'/v1/audit'>;
export type CredentialQuery = QueryOf<'/v1/credentials'>;
export type ApiKeyQuery = QueryOf<'/v1/api-keys'>;
export type EventQuery = QueryOf<'/v1/events'>;

/** Filters as they stand in the page's URL. */
export type Search = Readonly<Record<string, readonly string[] | string | undefined>>;

/** Their values stand alone, all others in a list. */
export const TIMES: readonly string[] = ['since', 'until'];

/** Takes the filters out of a URL's search. A time is RFC 3339, or relative: `-15m`, `-1h`, `-7d`. */
const reader =
  (lists: readonly string[]) =>
  (given: Record<string, unknown>): Search => {
    const search: Record<string, string[] | string> = {};
    for (const name of lists) {
      const values = [given[name]].flat().filter((value) => value !== undefined && value !== '').map(String);
      if (values.length) search[name] = values;
    }
    for (const name of TIMES) if (typeof given[name] === 'string' && sinceOf(given[name]) !== null) search[name] = given[name];
    return search;
  };

export const deliverySearch = reader(['status', 'errorClass', 'responseStatus', 'tenant', 'application', 'callback', 'subscription', 'eventType', 'event', 'subject']);
export const attemptSearch = reader(['status', 'errorClass', 'responseStatus', 'tenant', 'application', 'callback', 'subscription', 'eventType', 'delivery', 'event']);
export const subscriptionSearch = reader(['state', 'q', 'tenant', 'label']);
export const callbackSearch = reader(['q', 'tenant', 'label']);
export const credentialSearch = reader(['q', 'tenant', 'label']);
export const apiKeySearch = reader(['q', 'role', 'tenant', 'label']);
export const auditSearch = reader(['kind', 'tenant', 'actor', 'id']);
export const eventTypeSearch = reader(['q', 'audience', 'approval', 'label']);
export const eventSearch = reader(['ceId', 'ceSource', 'eventType', 'subject', 'tenant', 'unmatched']);

const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** RFC 3339; null = it is no time. */
export function sinceOf(text: string, now = Date.now()): string | null {
  const [, count, unit = ''] = /^-(\d{1,4})([mhd])$/.exec(text) ?? [];
  const ms = count === undefined ? Date.parse(text) : now - Number(count) * (UNIT_MS[unit] ?? 0);
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}

/** The search as the API takes it. A label is `name=value`. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller says whose query it is
export function toQuery<Q>({ since, until, label, ...lists }: Search): Q {
  const [from, to] = [since, until].map((time) => (typeof time === 'string' ? sinceOf(time) : null));
  const labels = [label ?? []].flat().map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]);
  return { ...lists, ...(labels.length > 0 && { label: Object.fromEntries(labels) as Record<string, string> }), ...(from && { since: from }), ...(to && { until: to }) } as Q;
}
