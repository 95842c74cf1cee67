import { randomBytes } from 'node:crypto';
import { isOfNoTenant, reference, Role, type ApiKey } from '@nuncio/contracts';
import { Secret } from '@nuncio/sealing';
import { z } from 'zod';
import { replaceFields, type Aggregate } from '../event-store/index.js';
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
const ExpiresAt = z.iso
  .datetime({ offset: true, error: 'must be an RFC 3339 time such as 2027-01-31T12:00:00Z' })
  .transform((text) => Date.parse(text))
  .refine((at) => at > Date.now(), 'must be in the future');

export const CreateApiKey = z
  .strictObject({ name: Name, role: Role, tenant: reference('tenant').optional(), groups: Groups.default([]), expiresAt: ExpiresAt.optional() })
  .refine(({ role, tenant }) => tenant === undefined || !isOfNoTenant(role), { path: ['tenant'], message: 'must not be named: admin and provider keys belong to no tenant' })
  .refine(({ role, tenant }) => tenant !== undefined || (role !== 'consumer' && role !== 'viewer'), { path: ['tenant'], message: 'must be named: consumer and viewer keys belong to a tenant' });

/** 256 random bits; the prefix lets secret scanners recognise it. */
export const generateKey = (): Secret => new Secret(`nuncio_${randomBytes(32).toString('base64url')}`);
