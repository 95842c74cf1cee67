import { isOfNoTenant, reachesWholeTenant, type Principal, type Role } from '@nuncio/contracts';
import type { Bind } from './statement.js';

/** Roles that may read the log. */
export const READERS: Role[] = ['admin', 'provider', 'consumer', 'viewer'];

/** SQL conditions on rows that have `tenant` and `callback`; none = the caller sees everything. */
export type Reach = (bind: Bind) => string[];

/**
 * What a caller may see of the log. Admin and provider: everything. Owner and viewer: their tenant. Consumer: rows of the callbacks (or credentials)
 * of its tenant and groups, also deleted ones. Each row costs one look into `log.owners` by key: a subquery, which PostgreSQL does not turn into a
 * join.
 */
export function reachOf(caller: Principal, of: 'callback' | 'credential' = 'callback'): Reach {
  const { role, tenant, groups } = caller;
  if (isOfNoTenant(role)) return () => [];
  if (reachesWholeTenant(role)) return (bind) => [`tenant = ${bind(tenant)}`];
  return (bind) => [
    `tenant = ${bind(tenant)}`,
    `(SELECT o.groups = '{}' OR o.groups && ${bind(groups)}::text[] FROM log.owners o WHERE o.kind = '${of}' AND o.id = ${of})`,
  ];
}

/** Limits a filter by tenant to the caller's own. A filter by another tenant finds nothing, so that it does not reveal who else got an event. */
export const withinTenant = <Q extends ByTenant>(caller: Principal, query: Q): Q =>
  query.tenant && !isOfNoTenant(caller.role) ? { ...query, tenant: query.tenant.filter((tenant) => tenant === caller.tenant) } : query;

/** The same for rows that always have a tenant: it adds the caller's tenant as a filter, so that an index can lead by it. */
export const ofTenant = <Q extends ByTenant>(caller: Principal, query: Q): Q =>
  withinTenant(caller, caller.tenant === null || query.tenant ? query : { ...query, tenant: [caller.tenant] });

interface ByTenant {
  readonly tenant?: string[] | undefined;
}
