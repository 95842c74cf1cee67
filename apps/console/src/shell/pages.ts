import type { Schemas } from '../api/client.js';

type Role = Schemas['Me']['role'];
const READERS: readonly Role[] = ['admin', 'provider', 'owner', 'consumer', 'viewer'];

/** The navigation. */
export const GROUPS = [
  { name: 'Deliver', pages: [
    { to: '/', name: 'Overview', roles: READERS, key: 'o' },
    { to: '/incidents', name: 'Incidents', roles: READERS, key: 'i' },
    { to: '/deliveries', name: 'Deliveries', roles: READERS, key: 'd' },
    { to: '/attempts', name: 'Attempts', roles: READERS },
    { to: '/events', name: 'Events', roles: READERS, key: 'e' },
    { to: '/operations', name: 'Operations', roles: READERS },
  ] },
  { name: 'Configure', pages: [
    { to: '/callbacks', name: 'Callbacks', roles: READERS, key: 'c' },
    { to: '/subscriptions', name: 'Subscriptions', roles: READERS, key: 's' },
    { to: '/approvals', name: 'Approvals', roles: ['admin', 'provider'] as readonly Role[] },
    { to: '/credentials', name: 'Credentials', roles: READERS },
    { to: '/event-types', name: 'Event types', roles: READERS },
  ] },
  { name: 'Govern', pages: [
    { to: '/audit', name: 'Audit', roles: READERS, key: 'a' },
    { to: '/quarantine', name: 'Quarantine', roles: ['admin', 'provider'] as readonly Role[] },
    { to: '/dead-letters', name: 'Dead letters', roles: ['admin', 'provider'] as readonly Role[] },
    { to: '/fleet', name: 'Fleet', roles: ['admin'] as readonly Role[] },
    { to: '/tenants', name: 'Tenants and keys', roles: ['admin'] as readonly Role[] },
    { to: '/tenants', name: 'API keys', roles: ['owner'] as readonly Role[] },
  ] },
] as const;

type Page = (typeof GROUPS)[number]['pages'][number];

/** What this role may look at; `key` = pressed after `g`, it goes there. */
export const pagesFor = (role: Role): { to: Page['to']; name: string; key?: string }[] => GROUPS.flatMap(({ pages }) => pages.filter(({ roles }) => roles.includes(role)));
