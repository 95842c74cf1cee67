import { z } from 'zod';

/** The roles of callers: admin everything in any tenant; provider event types, approvals, suspensions; owner its whole tenant, and its keys; publisher events; consumer its tenant and groups; viewer reads its tenant. */
export const Role = z.enum(['admin', 'provider', 'owner', 'publisher', 'consumer', 'viewer']).describe('admin: everything in any tenant; provider: event types, approvals, suspensions; owner: its whole tenant, and its keys; publisher: events; consumer: its tenant and groups; viewer: reads its tenant');
export type Role = z.infer<typeof Role>;

/** The caller. `tenant` null = not bound to one. For an object without `groups`, the whole tenant counts. */
export interface Principal {
  readonly id: string;
  readonly role: Role;
  readonly tenant: string | null;
  readonly groups: readonly string[];
  /** When the token ends that gives these permissions, epoch milliseconds. Absent if they come from the installation's configuration. */
  readonly until?: number;
  /** For a portal session: the id of the API key that made it. The session ends with that key. */
  readonly madeBy?: string;
  /** For a portal session: its id. */
  readonly session?: string;
}

/** Identifies a caller: a person may have tokens of two tenants, and two keys may make sessions with the same subject. */
export const callerOf = ({ tenant, id, madeBy }: Pick<Principal, 'tenant' | 'id' | 'madeBy'>): string => [tenant ?? '', ...(madeBy === undefined ? [] : [madeBy]), id].join('/');

/**
 * Identifies whose share of a limit a request uses. A key can make any number of sessions. Within a tenant all of them count as one caller, together
 * with the key if it is of that tenant.
 */
export const shareOf = ({ tenant, id, madeBy }: Pick<Principal, 'tenant' | 'id' | 'madeBy'>): string => `${tenant ?? ''}/${madeBy ?? id}`;

/** Roles that reach every tenant, and so belong to none. */
export const isOfNoTenant = (role: Role): boolean => role === 'admin' || role === 'provider';

/** Roles that reach all of their tenant, whatever the groups. */
export const reachesWholeTenant = (role: Role): boolean => role === 'owner' || role === 'viewer';

/** Adds the owner to the roles of a consumer: an owner may do whatever a consumer may. */
export const withOwners = (roles: readonly Role[]): Role[] => (roles.includes('consumer') && !roles.includes('owner') ? [...roles, 'owner'] : [...roles]);

/** Whether a caller may see or manage an object: its tenant **and** a shared group decide. Admin and provider see everything. */
export function reaches(principal: Principal, object: { tenant: string; groups?: readonly string[] }): boolean {
  if (isOfNoTenant(principal.role)) return true;
  if (principal.tenant !== object.tenant) return false;
  if (reachesWholeTenant(principal.role)) return true;
  return !object.groups?.length || object.groups.some((group) => principal.groups.includes(group));
}
