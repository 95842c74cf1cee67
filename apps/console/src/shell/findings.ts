import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { answer, api, type Schemas } from '../api/client.js';
import { distance } from '../parts/time.js';
import { pagesFor } from './pages.js';

export interface Finding {
  readonly name: string;
  readonly kind: string;
  /** A path of the console, with its search. */
  readonly href: string;
}

/** A list with one filter. */
const listOf = (page: string, filter: string, value: string): string => `${page}?${filter}=${encodeURIComponent(JSON.stringify([value]))}`;
/** An id's prefix says what kind of object it names. What has no page of its own is found by the list that it filters. */
const PLACES: readonly (readonly [prefix: string, kind: string, href: (id: string) => string])[] = [
  ['dlv_', 'delivery', (id) => `/deliveries/${id}`],
  ['evt_', 'event', (id) => `/events/${id}`],
  ['cb_', 'callback', (id) => `/callbacks/${id}`],
  ['sub_', 'subscription', (id) => `/subscriptions/${id}`],
  ['cred_', 'credential', (id) => `/credentials/${id}`],
  ['app_', 'deliveries of this application', (id) => listOf('/deliveries', 'application', id)],
  ['op_', 'deliveries of this operation', (id) => listOf('/deliveries', 'operation', id)],
  ['key_', 'API key', (id) => listOf('/tenants', 'q', id)],
];
const MOST = 6;

/** Finds what a text may mean: a page, an object by its id, tenants, callbacks, credentials and event types by name, events by their CloudEvents id or subject, also by its last part: `4711`, `order 4711`. */
export function useFindings(text: string, role: Schemas['Me']['role']): Finding[] {
  const word = text.trim();
  const enabled = word.length > 1 && !placeOf(word);
  const { data: beginnings = [] } = useQuery({ queryKey: ['find', 'beginnings'], queryFn: beginningsOfSubjects, enabled, staleTime: 60_000 });
  const asked = useQuery({ queryKey: ['find', word, beginnings], queryFn: () => ask(word, beginnings, ['admin', 'provider'].includes(role)), enabled, placeholderData: keepPreviousData });
  const place = placeOf(word);
  if (place) return [place];
  const pages = pagesFor(role).filter(({ name }) => name.toLowerCase().includes(word.toLowerCase())).map(({ to, name }): Finding => ({ name, kind: 'page', href: to }));
  return [...pages, ...(word.length > 1 ? (asked.data ?? []) : [])];
}

function placeOf(id: string): Finding | null {
  const found = PLACES.find(([prefix]) => id.startsWith(prefix));
  return found ? { name: id, kind: found[1], href: found[2](encodeURIComponent(id)) } : null;
}

/** `seesTenants`: whether tenants are looked for, too. */
async function ask(word: string, beginnings: readonly string[], seesTenants: boolean): Promise<Finding[]> {
  if (word.startsWith('att_')) {
    const attempt = await answer(api.GET('/v1/attempts/{id}', { params: { path: { id: word } } })).catch(() => null);
    return attempt ? [{ name: word, kind: 'attempt', href: `/deliveries/${attempt.delivery}` }] : [];
  }
  const named = { params: { query: { q: word, limit: MOST } } };
  const [tenants, callbacks, credentials, eventTypes, events, about] = await Promise.all([
    seesTenants ? answer(api.GET('/v1/tenants', named)) : { items: [] },
    answer(api.GET('/v1/callbacks', named)),
    answer(api.GET('/v1/credentials', named)),
    answer(api.GET('/v1/event-types', named)),
    answer(api.GET('/v1/events', { params: { query: { ceId: [word], limit: 1 } } })),
    answer(api.GET('/v1/events', { params: { query: { subject: subjectsLike(word, beginnings), limit: MOST } } })),
  ]);
  return [
    ...tenants.items.map(({ id, name }): Finding => ({ name, kind: 'deliveries of this tenant', href: listOf('/deliveries', 'tenant', id) })),
    ...callbacks.items.map(({ id, name, tenant }): Finding => ({ name, kind: `callback of ${tenant}`, href: `/callbacks/${id}` })),
    ...credentials.items.map(({ id, name, tenant }): Finding => ({ name, kind: `credential of ${tenant}`, href: `/credentials/${id}` })),
    ...eventTypes.items.map(({ name }): Finding => ({ name, kind: 'event type', href: `/event-types/${encodeURIComponent(name)}` })),
    ...[...events.items, ...about.items].map(({ id, eventType, createdAt, attributes: { subject } }): Finding => ({ name: eventType, kind: `event${subject === undefined ? '' : ` about ${subject}`}, ${distance(createdAt)}`, href: `/events/${id}` })),
  ];
}

/** How many of the newest events are looked at for what subjects begin with. */
const NEWEST = 50;

/** What the subjects of the newest events begin with: `order/`, `invoice-`. */
async function beginningsOfSubjects(): Promise<string[]> {
  const { items } = await answer(api.GET('/v1/events', { params: { query: { limit: NEWEST } } }));
  return [...new Set(items.flatMap(({ attributes: { subject } }) => /^.*[/:#-](?=[^/:#-]+$)/.exec(subject ?? '') ?? []))];
}

/** The subjects that somebody may mean who types the last part of one. The API finds whole subjects only. */
const subjectsLike = (word: string, beginnings: readonly string[]): string[] => {
  const last = /[^\s/:#-]*$/.exec(word)?.[0] ?? '';
  return [...new Set([word, ...beginnings.map((beginning) => beginning + last)])];
};
