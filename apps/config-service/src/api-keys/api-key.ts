import { randomBytes } from 'node:crypto';
import { Fault, isOfNoTenant, reference, Role, type ApiKey, type Principal } from '@nuncio/contracts';
import { Secret } from '@nuncio/sealing';
import { z } from 'zod';
import { replaceFields, type Aggregate } from '../event-store/index.js';
import { invalid } from '../faults.js';
import { labelling } from '../keying/keying.js';
import { Rfc3339 } from '../moment.js';
import { Name } from '../tenants/tenant.js';

/** Found by the keyed hash of the key, which is all that is stored of it. */
export const apiKey: Aggregate<ApiKey> = {
  kind: 'api-key',
  // Of generated ids none comes twice; the bootstrap key does, after somebody deleted it.
  reusesIds: true,
  evolve: replaceFields,
  index: ({ tenant, hash }) => ({ tenant, name: hash }),
};

export const Groups = z.array(z.string().min(1).max(100)).max(50);

/** RFC 3339, in the future; epoch milliseconds from here on. */
const ExpiresAt = Rfc3339.transform((text) => Date.parse(text)).refine((at) => at > Date.now(), 'must be in the future');

export const CreateApiKey = z
  .strictObject({ name: Name, role: Role, tenant: reference('tenant').optional(), groups: Groups.default([]), expiresAt: ExpiresAt.optional(), ...labelling })
  .refine(({ role, tenant }) => tenant === undefined || !isOfNoTenant(role), { path: ['tenant'], message: 'must not be named: admin and provider keys belong to no tenant' });
export type CreateApiKey = z.infer<typeof CreateApiKey>;

/** What it may, for whom and until when, stays as it was made. */
export const PatchApiKey = z.strictObject({ name: Name.optional(), ...labelling });

/** What an owner may give to others of its tenant: no more than it has. */
const OWNERS: readonly Role[] = ['owner', 'consumer', 'viewer'];

/** Whose a key will be: `null` = no tenant's. Throws Faults `forbidden` where it would reach further than who makes it, and `invalid`. */
export function tenantOfKey(caller: Principal, { role, tenant }: Pick<CreateApiKey, 'role' | 'tenant'>): string | null {
  if (caller.role === 'owner') {
    if (!OWNERS.includes(role)) throw new Fault('forbidden', `An owner makes keys of the roles ${OWNERS.join(', ')}.`);
    if (tenant !== undefined && tenant !== caller.tenant) throw invalid('/tenant', 'unknown', `there is no tenant "${tenant}"`);
    return caller.tenant;
  }
  if (tenant === undefined && OWNERS.includes(role)) throw invalid('/tenant', 'required', 'must be named: owner, consumer and viewer keys belong to a tenant');
  return tenant ?? null;
}

/** When a key ends (epoch ms) that was made with another: with it, where nothing is said. Throws Fault `invalid` where it would outlive it. `null` = it has no end. */
export function endOfKey(maker: Pick<ApiKey, 'expiresAt'> | undefined, given: number | undefined): number | null {
  const most = maker?.expiresAt ?? null;
  if (most !== null && given !== undefined && given > most) throw invalid('/expiresAt', 'too-large', `must not be after ${new Date(most).toISOString()}, when the key ends that makes it`);
  return given ?? most;
}

/** 256 random bits; the prefix lets secret scanners recognise it. */
export const generateKey = (): Secret => new Secret(`nuncio_${randomBytes(32).toString('base64url')}`);
