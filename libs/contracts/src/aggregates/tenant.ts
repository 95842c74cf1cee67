import { z } from 'zod';
import { keyed } from '../keying.js';

const TENANT_ID = /^[a-z0-9][a-z0-9_-]{0,62}$/;

export const isTenantId = (text: string): boolean => TENANT_ID.test(text);

export const TenantId = z.string().regex(TENANT_ID, 'must be 1 to 63 of a-z 0-9 _ -, beginning with a letter or digit').describe('Id of the tenant').meta({ examples: ['acme'] });

const quota = (most: number, description: string) => z.int().min(0).max(most).nullable().default(null).describe(description).meta({ examples: [null] });

/** The quotas of a tenant; null = no limit. */
export const Quotas = z
  .object({
    eventsPerSecond: quota(1_000_000, 'Events a second published by its own keys over HTTP, at each gateway; null = no limit'),
    payloadBytesPerDay: quota(2 ** 50, 'Bytes of payload a day (UTC) published by its own keys over HTTP, at each gateway; null = no limit'),
    callbacks: quota(1_000_000, 'Callbacks; null = no limit'),
    subscriptions: quota(1_000_000, 'Subscriptions; null = no limit'),
  })
  .meta({ id: 'Quotas' });
export type Quotas = z.infer<typeof Quotas>;

export const NO_QUOTAS: Quotas = { eventsPerSecond: null, payloadBytesPerDay: null, callbacks: null, subscriptions: null };

/** While a provider has suspended it, none of its subscriptions gets anything. */
export const Tenant = z.object({
  id: TenantId,
  name: z.string(),
  state: z.enum(['active', 'suspended']).default('active').describe('While it is suspended, none of its subscriptions gets anything'),
  reason: z.string().nullable().default(null),
  /** Absent = no quotas, as for tenants from before this field. */
  quotas: Quotas.optional().describe('Limits for the tenant'),
  ...keyed,
});
export type Tenant = z.infer<typeof Tenant>;

/** An unknown tenant (undefined) is not suspended. */
export const isSuspended = (tenant: Pick<Tenant, 'state'> | undefined): boolean => tenant?.state === 'suspended';
