import { isOfNoTenant, reachesWholeTenant, type Principal, type Role } from '@nuncio/contracts';
import type { Bind } from './filters/filter.js';

/** Who may read the log at all. */
export const READERS: Role[] = ['admin', 'provider', 'consumer', 'viewer'];

/** Conditions on rows that have `tenant` and `callback`; none = sees everything. */
export type Reach = (bind: Bind) => string[];

/**
 * What a caller may see of the log: admin and provider everything, an owner and a viewer their tenant, a consumer what belongs to callbacks (or credentials) of its tenant and
 * groups, be they deleted or not. One look at `log.owners` by its key a row, whatever the tenant owns: as a subquery, which PostgreSQL does not turn into a join.
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

/** A filter by tenant, for who sees one tenant only: to ask for another finds nothing, and so tells nothing of whom an event went to besides. */
export const withinTenant = <Q extends ByTenant>(caller: Principal, query: Q): Q =>
  query.tenant && !isOfNoTenant(caller.role) ? { ...query, tenant: query.tenant.filter((tenant) => tenant === caller.tenant) } : query;

/** The same where everything that is found has a tenant: who sees one only asks for it, whether it says so or not, and an index can lead by it. */
export const ofTenant = <Q extends ByTenant>(caller: Principal, query: Q): Q =>
  withinTenant(caller, caller.tenant === null || query.tenant ? query : { ...query, tenant: [caller.tenant] });

interface ByTenant {
  readonly tenant?: string[] | undefined;
}
