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
  /** From then on it is nobody's; absent = it has no end. */
  expiresAt: Millis.nullable().optional(),
  labels: Labels.optional(),
});
export type ApiKey = z.infer<typeof ApiKey>;

/** The caller with this key. null = nobody: such a key of earlier releases reaches all tenants and looks as if it reached one. */
export const principalOf = ({ id, role, tenant, groups }: ApiKey): Principal | null => (isOfNoTenant(role) && tenant !== null ? null : { id, role, tenant, groups });

/** Whether it has run out at a moment (epoch milliseconds). */
export const hasExpired = ({ expiresAt }: Pick<ApiKey, 'expiresAt'>, now: number): boolean => typeof expiresAt === 'number' && expiresAt <= now;
