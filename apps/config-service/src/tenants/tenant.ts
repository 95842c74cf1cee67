import { NO_QUOTAS, Quotas, TenantId, type Tenant } from '@nuncio/contracts';
import { z } from 'zod';
import { replaceFields, type Aggregate } from '../event-store/index.js';
import { keying } from '../keying/keying.js';

/** Tenant ids are never used again. */
export const tenant: Aggregate<Tenant> = {
  kind: 'tenant',
  evolve: replaceFields,
  index: ({ id }) => ({ tenant: id }),
};

/** An id of another aggregate in a body. */
export const Id = z.string().max(128);
export const Name = z.string().trim().min(1).max(200);

/** `reason` is shown on the tenant. */
export const SuspendTenant = z.strictObject({ reason: z.string().trim().min(1).max(500).optional().describe('The reason, which the tenant shows').meta({ examples: ['The contract has ended.'] }) });

/** Merged (RFC 7396): null removes one quota, or all. */
const quotas = z.strictObject(Object.fromEntries(Object.entries(Quotas.shape).map(([name, limit]) => [name, limit.unwrap().optional().describe(limit.description ?? '')])) as { [N in keyof Quotas]: z.ZodOptional<z.ZodNullable<z.ZodInt>> }).nullish().describe('Limits for the tenant. Quotas that are not named stay; null removes one').meta({ examples: [{ callbacks: 100 }] });

export const CreateTenant = z.strictObject({ id: TenantId, name: Name, quotas, ...keying });
export const PatchTenant = z.strictObject({ name: Name.optional(), quotas, ...keying });

export const mergeQuotas = (before: Quotas | undefined, given: z.infer<typeof quotas>): Quotas => (given === null ? NO_QUOTAS : { ...NO_QUOTAS, ...before, ...given });
