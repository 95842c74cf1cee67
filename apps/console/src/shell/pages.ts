import type { Schemas } from '../api/client.js';

type Role = Schemas['Me']['role'];
const READERS: readonly Role[] = ['admin', 'provider', 'owner', 'consumer', 'viewer'];

/** The navigation, by what one is after. */
export const GROUPS = [
  { name: 'Deliver', pages: [
    { to: '/', name: 'Overview', roles: READERS },
    { to: '/incidents', name: 'Incidents', roles: READERS },
    { to: '/deliveries', name: 'Deliveries', roles: READERS },
    { to: '/attempts', name: 'Attempts', roles: READERS },
    { to: '/events', name: 'Events', roles: READERS },
    { to: '/operations', name: 'Operations', roles: READERS },
  ] },
  { name: 'Configure', pages: [
    { to: '/callbacks', name: 'Callbacks', roles: READERS },
    { to: '/subscriptions', name: 'Subscriptions', roles: READERS },
    { to: '/approvals', name: 'Approvals', roles: ['admin', 'provider'] as readonly Role[] },
    { to: '/credentials', name: 'Credentials', roles: READERS },
    { to: '/event-types', name: 'Event types', roles: READERS },
  ] },
  { name: 'Govern', pages: [
    { to: '/audit', name: 'Audit', roles: READERS },
    { to: '/quarantine', name: 'Quarantine', roles: ['admin', 'provider'] as readonly Role[] },
    { to: '/dead-letters', name: 'Dead letters', roles: ['admin', 'provider'] as readonly Role[] },
    { to: '/fleet', name: 'Fleet', roles: ['admin'] as readonly Role[] },
    { to: '/tenants', name: 'Tenants and keys', roles: ['admin'] as readonly Role[] },
    { to: '/tenants', name: 'API keys', roles: ['owner'] as readonly Role[] },
  ] },
] as const;

/** What this role may look at. */
export const pagesFor = (role: Role): { to: (typeof GROUPS)[number]['pages'][number]['to']; name: string }[] => GROUPS.flatMap(({ pages }) => pages.filter(({ roles }) => roles.includes(role)));
