import type { Principal, Role } from '@nuncio/contracts';
import type { Transaction } from './event-store/index.js';
import { invalid } from './faults.js';
import { tenant } from './tenants/tenant.js';

/** Roles that may read a tenant's resources, as far as they reach. */
export const readers: Role[] = ['admin', 'provider', 'consumer', 'viewer'];
/** Roles that may change a tenant's resources. */
export const editors: Role[] = ['admin', 'consumer'];

/** The tenant of a new resource: the caller's own, or the one that the body names. Throws Fault `invalid`. */
export async function tenantFor(tx: Transaction, given: string | undefined): Promise<string> {
  const id = given ?? tx.caller.tenant;
  if (id === null) throw invalid('/tenant', 'required', 'must be named, since this key has no tenant');
  await tx.named(tenant, id, '/tenant');
  return id;
}

/** The groups of a resource; by default the creator's. Throws Fault `invalid` if the caller could no longer manage it. */
export function groupsFor(caller: Principal, given: readonly string[] | null | undefined): string[] {
  if (!given) return [...caller.groups];
  const stays = caller.role === 'admin' || caller.role === 'owner' || given.length === 0 || given.some((group) => caller.groups.includes(group));
  if (!stays) throw invalid('/groups', 'not-a-member', 'must name one of your own groups, or none');
  return [...new Set(given)];
}
