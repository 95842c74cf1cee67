import { randomBytes } from 'node:crypto';
import { Fault, isOfNoTenant, reference, Role, type ApiKey, type Principal } from '@nuncio/contracts';
import { Secret } from '@nuncio/sealing';
import { z } from 'zod';
import { replaceFields, type Aggregate } from '../event-store/index.js';
import { invalid } from '../faults.js';
import { labelling } from '../keying/keying.js';
import { Rfc3339 } from '../moment.js';
import { Name } from '../tenants/tenant.js';

/** The index finds it by the keyed hash of the key. The key itself is not stored. */
export const apiKey: Aggregate<ApiKey> = {
  kind: 'api-key',
  // Generated ids never repeat, but the bootstrap key's does: another one may be set after somebody revoked it.
  reusesIds: true,
  evolve: replaceFields,
  index: ({ tenant, hash }) => ({ tenant, name: hash }),
};

export const Groups = z.array(z.string().min(1).max(100)).max(50);

/** RFC 3339 text in, epoch milliseconds out. Must be in the future. */
const ExpiresAt = Rfc3339.transform((text) => Date.parse(text)).refine((at) => at > Date.now(), 'must be in the future');

export const CreateApiKey = z
  .strictObject({ name: Name, role: Role, tenant: reference('tenant').optional(), groups: Groups.default([]), expiresAt: ExpiresAt.optional(), ...labelling })
  .refine(({ role, tenant }) => tenant === undefined || !isOfNoTenant(role), { path: ['tenant'], message: 'must not be named: admin and provider keys belong to no tenant' });
export type CreateApiKey = z.infer<typeof CreateApiKey>;

/** A key's role, tenant, groups and expiry cannot be changed. */
export const PatchApiKey = z.strictObject({ name: Name.optional(), ...labelling });

/** Roles of the keys that an owner may make. */
const OWNERS: readonly Role[] = ['owner', 'consumer', 'viewer'];

/** The tenant of a new key; null = no tenant. Throws Fault `forbidden` if the key would have more rights than its maker, and Fault `invalid`. */
export function tenantOfKey(caller: Principal, { role, tenant }: Pick<CreateApiKey, 'role' | 'tenant'>): string | null {
  if (caller.role === 'owner') {
    if (!OWNERS.includes(role)) throw new Fault('forbidden', `An owner makes keys of the roles ${OWNERS.join(', ')}.`);
    if (tenant !== undefined && tenant !== caller.tenant) throw invalid('/tenant', 'unknown', `there is no tenant "${tenant}"`);
    return caller.tenant;
  }
  if (tenant === undefined && OWNERS.includes(role)) throw invalid('/tenant', 'required', 'must be named: owner, consumer and viewer keys belong to a tenant');
  return tenant ?? null;
}

/**
 * When a key ends that was made with another key (epoch milliseconds; null = never). By default it ends with that key. Throws Fault `invalid` if it
 * would end later.
 */
export function endOfKey(maker: Pick<ApiKey, 'expiresAt'> | undefined, given: number | undefined): number | null {
  const most = maker?.expiresAt ?? null;
  if (most !== null && given !== undefined && given > most) throw invalid('/expiresAt', 'too-large', `must not be after ${new Date(most).toISOString()}, when the key ends that creates it`);
  return given ?? most;
}

/** 256 random bits. The prefix lets secret scanners recognise it. */
export const generateKey = (): Secret => new Secret(`nuncio_${randomBytes(32).toString('base64url')}`);
