import type { paths } from '../api/schema.js';
import { ATTEMPT_FIELDS, DELIVERY_FIELDS, EVENT_FIELDS } from './fields.js';

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

/** Filters, and the columns that are shown, as they stand in the page's URL. */
export type Search = Readonly<Record<string, readonly string[] | string | undefined>>;

/** Their values stand alone, all others in a list. */
export const TIMES: readonly string[] = ['since', 'until'];
/** The names of the columns that the reader has chosen. */
const COLUMNS = 'columns';

/** Takes the filters out of a URL's search. A time is RFC 3339, or relative: `-15m`, `-1h`, `-7d`. */
const reader =
  (lists: readonly string[]) =>
  (given: Record<string, unknown>): Search => {
    const search: Record<string, string[] | string> = {};
    for (const name of [...lists, COLUMNS]) {
      const values = [given[name]].flat().filter((value) => value !== undefined && value !== '').map(String);
      if (values.length) search[name] = values;
    }
    for (const name of TIMES) {
      const time = given[name];
      // An epoch is a number in a URL.
      if ((typeof time === 'string' || typeof time === 'number') && sinceOf(String(time)) !== null) search[name] = String(time);
    }
    return search;
  };

export const deliverySearch = reader(Object.keys(DELIVERY_FIELDS));
export const attemptSearch = reader(Object.keys(ATTEMPT_FIELDS));
export const subscriptionSearch = reader(['state', 'eventType', 'callback', 'q', 'tenant', 'label']);
export const callbackSearch = reader(['q', 'enabled', 'authentication', 'credential', 'application', 'tenant', 'label']);
export const credentialSearch = reader(['q', 'tenant', 'label']);
export const apiKeySearch = reader(['q', 'role', 'tenant', 'label']);
export const auditSearch = reader(['kind', 'tenant', 'actor', 'id']);
export const eventTypeSearch = reader(['q', 'audience', 'approval', 'label']);
export const eventSearch = reader(Object.keys(EVENT_FIELDS));

const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A time as RFC 3339, given so, or as `-15m`, or as an epoch in seconds, milliseconds, microseconds or nanoseconds; null = it is no time. */
export function sinceOf(text: string, now = Date.now()): string | null {
  const [, count, unit = ''] = /^-(\d{1,4})([mhd])$/.exec(text) ?? [];
  const ms = count !== undefined ? now - Number(count) * (UNIT_MS[unit] ?? 0) : /^\d{9,19}$/.test(text) ? epochMs(text) : Date.parse(text);
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}

/** The number of digits tells the unit. */
const epochMs = (digits: string): number => Number(digits) / 1_000 ** (Math.floor(digits.length / 3) - 4);

/** The search without what does not select. */
export const filtersOf = ({ [COLUMNS]: _, ...filters }: Search): Search => filters;

/** `name=value` each. */
const PAIRS: readonly string[] = ['label', 'ext'];

/** The search as a query of the API: a label is `label.<name>`. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller says whose query it is
export function toQuery<Q>(search: Search): Q {
  const flat = Object.entries(toSelect<Record<string, Given>>(search)).flatMap(([name, value]) =>
    PAIRS.includes(name) ? Object.entries(value).map(([inner, values]) => [`${name}.${inner}`, values as Given] as const) : [[name, value] as const],
  );
  return Object.fromEntries(flat) as Q;
}

type Given = readonly string[] | string;

/** The search as a bulk operation takes it. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller says whose selection it is
export function toSelect<S>(search: Search): S {
  const select = Object.entries(filtersOf(search)).flatMap(([name, value]) => {
    if (value === undefined) return [];
    if (TIMES.includes(name)) {
      const time = typeof value === 'string' ? sinceOf(value) : null;
      return time === null ? [] : [[name, time] as const];
    }
    return [[name, PAIRS.includes(name) ? pairsOf([value].flat()) : value] as const];
  });
  return Object.fromEntries(select) as S;
}

const pairsOf = (pairs: readonly string[]): Readonly<Record<string, string[]>> => {
  const all = Map.groupBy(pairs, (pair) => pair.slice(0, pair.indexOf('=')));
  return Object.fromEntries(Array.from(all, ([name, some]) => [name, some.map((pair) => pair.slice(pair.indexOf('=') + 1))]));
};
