import { z } from 'zod';
import { Labels } from '../keying.js';
import { Millis } from '../schema.js';
import { isOfNoTenant, Role, type Principal } from './roles.js';

/** `hash` = HMAC-SHA256 of the key under the installation's pepper, base64url; the key itself is shown once and stored nowhere. */
export const ApiKey = z.object({
  id: z.string(),
  name: z.string(),
  role: Role,
  tenant: z.string().nullable(),
  groups: z.array(z.string()),
  hash: z.string(),
  /** The key is invalid from then on; absent or null = it does not end. */
  expiresAt: Millis.nullable().optional(),
  labels: Labels.optional(),
});
export type ApiKey = z.infer<typeof ApiKey>;

/**
 * The caller with this key. null = the key is refused: it is of a former release, and would reach all tenants although it names
 * one.
 */
export const principalOf = ({ id, role, tenant, groups }: ApiKey): Principal | null => (isOfNoTenant(role) && tenant !== null ? null : { id, role, tenant, groups });

/** Whether it has expired at `now` (epoch milliseconds). */
export const hasExpired = ({ expiresAt }: Pick<ApiKey, 'expiresAt'>, now: number): boolean => typeof expiresAt === 'number' && expiresAt <= now;
