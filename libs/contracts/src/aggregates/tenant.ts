import { z } from 'zod';
import { keyed } from '../keying.js';

const TENANT_ID = /^[a-z0-9][a-z0-9_-]{0,62}$/;

export const isTenantId = (text: string): boolean => TENANT_ID.test(text);

export const TenantId = z.string().regex(TENANT_ID, 'must be 1 to 63 of a-z 0-9 _ -, beginning with a letter or digit');

/** While it is suspended, by a provider, none of its subscriptions gets anything. */
export const Tenant = z.object({
  id: TenantId,
  name: z.string(),
  state: z.enum(['active', 'suspended']).default('active'),
  reason: z.string().nullable().default(null),
  ...keyed,
});
export type Tenant = z.infer<typeof Tenant>;

/** undefined = it is not there, and nothing is suspended. */
export const isSuspended = (tenant: Pick<Tenant, 'state'> | undefined): boolean => tenant?.state === 'suspended';
