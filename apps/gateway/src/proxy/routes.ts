export type Upstream = 'config-service' | 'attempt-log';

interface Route {
  /** Includes everything below it, unless `exact`. */
  readonly path: string;
  readonly upstream: Upstream;
  readonly exact?: boolean;
  /** Default: all. */
  readonly methods?: readonly string[];
}

/**
 * The routes of other services. The gateway's own are `POST /v1/events`, `/v1/listeners`, `/v1/credentials/:id/jwks.json`
 * and `/health/*`.
 */
export const routes: readonly Route[] = [
  { path: '/v1/tenants', upstream: 'config-service' },
  { path: '/v1/api-keys', upstream: 'config-service' },
  { path: '/v1/portal-sessions', upstream: 'config-service' },
  { path: '/v1/event-types', upstream: 'config-service' },
  { path: '/v1/applications', upstream: 'config-service' },
  { path: '/v1/credentials', upstream: 'config-service' },
  { path: '/v1/credentials/health', upstream: 'attempt-log', exact: true },
  { path: '/v1/credentials/:id/health', upstream: 'attempt-log', exact: true },
  { path: '/v1/callbacks', upstream: 'config-service' },
  { path: '/v1/callbacks/health', upstream: 'attempt-log', exact: true },
  { path: '/v1/callbacks/:id/health', upstream: 'attempt-log', exact: true },
  { path: '/v1/callbacks/:id/recover', upstream: 'attempt-log', exact: true },
  { path: '/v1/callbacks/:id/send-now', upstream: 'attempt-log', exact: true },
  { path: '/v1/profiles', upstream: 'config-service', exact: true },
  { path: '/v1/subscriptions', upstream: 'config-service' },
  { path: '/v1/audit', upstream: 'config-service' },
  { path: '/v1/events', upstream: 'attempt-log', exact: true, methods: ['GET'] },
  { path: '/v1/events/*', upstream: 'attempt-log', exact: true },
  { path: '/v1/deliveries', upstream: 'attempt-log' },
  { path: '/v1/attempts', upstream: 'attempt-log' },
  { path: '/v1/replays', upstream: 'attempt-log' },
  { path: '/v1/operations', upstream: 'attempt-log' },
  { path: '/v1/stats', upstream: 'attempt-log' },
  { path: '/v1/incidents', upstream: 'attempt-log', exact: true },
  { path: '/v1/quarantine', upstream: 'attempt-log' },
  { path: '/v1/dead-letters', upstream: 'attempt-log' },
  { path: '/v1/fleet', upstream: 'attempt-log', exact: true },
];
