import { z } from 'zod';

/** The roles of callers: admin everything in any tenant; provider event types, approvals, suspensions; owner its whole tenant, and its keys; publisher events; consumer its tenant and groups; viewer reads its tenant. */
export const Role = z.enum(['admin', 'provider', 'owner', 'publisher', 'consumer', 'viewer']).describe('admin: everything in any tenant; provider: event types, approvals, suspensions; owner: its whole tenant, and its keys; publisher: events; consumer: its tenant and groups; viewer: reads its tenant');
export type Role = z.infer<typeof Role>;

/** The caller. `tenant` null = not bound to one. No `groups` on an object = its whole tenant. */
export interface Principal {
  readonly id: string;
  readonly role: Role;
  readonly tenant: string | null;
  readonly groups: readonly string[];
  /** Epoch milliseconds: when the token ends that says so. Absent where the installation's own configuration says it. */
  readonly until?: number;
  /** For a portal session: the id of the API key that made it, and with which it ends. */
  readonly madeBy?: string;
}

/** Whose something is: the same person may have tokens of two tenants, and two keys may make sessions of one name. */
export const callerOf = ({ tenant, id, madeBy }: Pick<Principal, 'tenant' | 'id' | 'madeBy'>): string => [tenant ?? '', ...(madeBy === undefined ? [] : [madeBy]), id].join('/');

/** The holder of one share. A key can make sessions of any number of names: within a tenant they all share as one caller, together with the key itself if it is of that tenant. */
export const shareOf = ({ tenant, id, madeBy }: Pick<Principal, 'tenant' | 'id' | 'madeBy'>): string => `${tenant ?? ''}/${madeBy ?? id}`;

/** Reaches every tenant, and so belongs to none. */
export const isOfNoTenant = (role: Role): boolean => role === 'admin' || role === 'provider';

/** Reaches all of its tenant, whatever the groups. */
export const reachesWholeTenant = (role: Role): boolean => role === 'owner' || role === 'viewer';

/** An owner may whatever a consumer may. */
export const withOwners = (roles: readonly Role[]): Role[] => (roles.includes('consumer') && !roles.includes('owner') ? [...roles, 'owner'] : [...roles]);

/** Tenant **and** a shared group decide who may manage or see an object; admin and provider read everything. */
export function reaches(principal: Principal, object: { tenant: string; groups?: readonly string[] }): boolean {
  if (isOfNoTenant(principal.role)) return true;
  if (principal.tenant !== object.tenant) return false;
  if (reachesWholeTenant(principal.role)) return true;
  return !object.groups?.length || object.groups.some((group) => principal.groups.includes(group));
}
