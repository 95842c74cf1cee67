import type { Principal, Role } from '@nuncio/contracts';
import type { Transaction } from './event-store/index.js';
import { invalid } from './faults.js';
import { tenant } from './tenants/tenant.js';

/** Who sees what belongs to a tenant; how far is a matter of their reach. */
export const readers: Role[] = ['admin', 'provider', 'consumer', 'viewer'];
/** Who changes it. */
export const editors: Role[] = ['admin', 'consumer'];

/** The tenant in which something is created: the caller's own, or the one it names. Throws Fault `invalid`. */
export async function tenantFor(tx: Transaction, given: string | undefined): Promise<string> {
  const id = given ?? tx.caller.tenant;
  if (id === null) throw invalid('/tenant', 'required', 'must be named, since this key has no tenant');
  await tx.named(tenant, id, '/tenant');
  return id;
}

/** The groups that may manage something: the creator's where none are named. Throws Fault `invalid` where the caller would lock itself out. */
export function groupsFor(caller: Principal, given: readonly string[] | null | undefined): string[] {
  if (!given) return [...caller.groups];
  const stays = caller.role === 'admin' || caller.role === 'owner' || given.length === 0 || given.some((group) => caller.groups.includes(group));
  if (!stays) throw invalid('/groups', 'not-a-member', 'must name one of your own groups, or none');
  return [...new Set(given)];
}
