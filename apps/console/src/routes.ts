import { createRootRouteWithContext, createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { QueryClient } from '@tanstack/react-query';
import { isPortal } from './shell/place.js';
import { apiKeySearch, attemptSearch, auditSearch, callbackSearch, credentialSearch, deliverySearch, eventSearch, eventTypeSearch, subscriptionSearch } from './explorer/search.js';
import { callbackTabs } from './callbacks/tab-search.js';
import { deliveryPageSearch } from './delivery/page-search.js';
import { draftSearch } from './subscriptions/draft.js';

const root = createRootRouteWithContext<{ queries: QueryClient }>()({ notFoundComponent: lazyRouteComponent(() => import('./shell/not-found.js'), 'NotFound') });

const login = createRoute({
  getParentRoute: () => root,
  path: 'login',
  validateSearch: (search: Record<string, unknown>): { to?: string; ended?: boolean } => ({
    ...(typeof search.to === 'string' && search.to.startsWith('/') && { to: search.to }),
    ...(search.ended === true && { ended: true }),
  }),
  component: isPortal ? lazyRouteComponent(() => import('./shell/not-found.js'), 'NotFound') : lazyRouteComponent(() => import('./login/login.js'), 'Login'),
});
const shell = createRoute({ getParentRoute: () => root, id: 'shell', component: isPortal ? lazyRouteComponent(() => import('./portal/portal-shell.js'), 'PortalShell') : lazyRouteComponent(() => import('./shell/shell.js'), 'Shell') });

const overview = createRoute({ getParentRoute: () => shell, path: '/', validateSearch: ({ since, latency }: Record<string, unknown>): { since?: string; latency?: 'end-to-end' } => ({ ...(typeof since === 'string' && { since }), ...(latency === 'end-to-end' && { latency }) }), component: lazyRouteComponent(() => import('./overview/overview.js'), 'Overview') });
const deliveries = createRoute({ getParentRoute: () => shell, path: 'deliveries', validateSearch: deliverySearch, component: lazyRouteComponent(() => import('./explorer/deliveries.js'), 'Deliveries') });
const delivery = createRoute({ getParentRoute: () => shell, path: 'deliveries/$id', validateSearch: deliveryPageSearch, component: lazyRouteComponent(() => import('./delivery/delivery.js'), 'DeliveryPage') });
const attempts = createRoute({ getParentRoute: () => shell, path: 'attempts', validateSearch: attemptSearch, component: lazyRouteComponent(() => import('./explorer/attempts.js'), 'Attempts') });
const events = createRoute({ getParentRoute: () => shell, path: 'events', validateSearch: eventSearch, component: lazyRouteComponent(() => import('./explorer/events.js'), 'Events') });
const event = createRoute({ getParentRoute: () => shell, path: 'events/$id', component: lazyRouteComponent(() => import('./event/event.js'), 'EventPage') });
const callbacks = createRoute({ getParentRoute: () => shell, path: 'callbacks', validateSearch: callbackSearch, component: lazyRouteComponent(() => import('./callbacks/callbacks.js'), 'Callbacks') });
const callback = createRoute({ getParentRoute: () => shell, path: 'callbacks/$id', validateSearch: callbackTabs, component: lazyRouteComponent(() => import('./callbacks/callback.js'), 'CallbackPage') });
const credentials = createRoute({ getParentRoute: () => shell, path: 'credentials', validateSearch: credentialSearch, component: lazyRouteComponent(() => import('./credentials/credentials.js'), 'Credentials') });
const credential = createRoute({ getParentRoute: () => shell, path: 'credentials/$id', validateSearch: ({ since }: Record<string, unknown>): { since?: string } => (typeof since === 'string' ? { since } : {}), component: lazyRouteComponent(() => import('./credentials/credential.js'), 'CredentialPage') });
const quarantine = createRoute({ getParentRoute: () => shell, path: 'quarantine', component: lazyRouteComponent(() => import('./failed-records/quarantine.js'), 'Quarantine') });
const quarantined = createRoute({ getParentRoute: () => shell, path: 'quarantine/$id', component: lazyRouteComponent(() => import('./failed-records/failed-record.js'), 'QuarantinedPage') });
const deadLetters = createRoute({ getParentRoute: () => shell, path: 'dead-letters', component: lazyRouteComponent(() => import('./failed-records/dead-letters.js'), 'DeadLetters') });
const deadLetter = createRoute({ getParentRoute: () => shell, path: 'dead-letters/$id', component: lazyRouteComponent(() => import('./failed-records/failed-record.js'), 'DeadLetterPage') });
const subscriptions = createRoute({ getParentRoute: () => shell, path: 'subscriptions', validateSearch: subscriptionSearch, component: lazyRouteComponent(() => import('./subscriptions/subscriptions.js'), 'Subscriptions') });
const newSubscription = createRoute({ getParentRoute: () => shell, path: 'subscriptions/new', validateSearch: draftSearch, component: lazyRouteComponent(() => import('./subscriptions/new-subscription.js'), 'NewSubscription') });
const subscription = createRoute({ getParentRoute: () => shell, path: 'subscriptions/$id', validateSearch: ({ edit }: Record<string, unknown>): { edit?: true } => (edit === true ? { edit } : {}), component: lazyRouteComponent(() => import('./subscriptions/subscription.js'), 'SubscriptionPage') });
const approvals = createRoute({ getParentRoute: () => shell, path: 'approvals', component: lazyRouteComponent(() => import('./subscriptions/approvals.js'), 'Approvals') });
const eventTypes = createRoute({ getParentRoute: () => shell, path: 'event-types', validateSearch: eventTypeSearch, component: lazyRouteComponent(() => import('./catalogue/event-types.js'), 'EventTypes') });
const eventType = createRoute({ getParentRoute: () => shell, path: 'event-types/$name', component: lazyRouteComponent(() => import('./catalogue/event-type.js'), 'EventTypePage') });
const incidents = createRoute({ getParentRoute: () => shell, path: 'incidents', validateSearch: ({ since }: Record<string, unknown>): { since?: string } => (typeof since === 'string' ? { since } : {}), component: lazyRouteComponent(() => import('./incidents/incidents.js'), 'Incidents') });
const settings = createRoute({ getParentRoute: () => shell, path: 'settings', component: lazyRouteComponent(() => import('./settings/settings.js'), 'Settings') });
const operations = createRoute({ getParentRoute: () => shell, path: 'operations', component: lazyRouteComponent(() => import('./operations/operations.js'), 'Operations') });
const audit = createRoute({ getParentRoute: () => shell, path: 'audit', validateSearch: auditSearch, component: lazyRouteComponent(() => import('./audit/audit.js'), 'Audit') });
const fleet = createRoute({ getParentRoute: () => shell, path: 'fleet', component: lazyRouteComponent(() => import('./fleet/fleet.js'), 'FleetPage') });
const tenants = createRoute({ getParentRoute: () => shell, path: 'tenants', validateSearch: apiKeySearch, component: lazyRouteComponent(() => import('./access/tenants.js'), 'AccessPage') });

export const routeTree = root.addChildren([
  login,
  shell.addChildren([overview, deliveries, delivery, attempts, events, event, callbacks, callback, credentials, credential, subscriptions, newSubscription, subscription, approvals, eventTypes, eventType, incidents, settings, operations, audit, quarantine, quarantined, deadLetters, deadLetter, fleet, tenants]),
]);
