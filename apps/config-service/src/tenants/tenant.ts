import { TenantId, type Tenant } from '@nuncio/contracts';
import { z } from 'zod';
import { replaceFields, type Aggregate } from '../event-store/index.js';
import { keying } from '../keying/keying.js';

/** Its id is never used again. */
export const tenant: Aggregate<Tenant> = {
  kind: 'tenant',
  evolve: replaceFields,
  index: ({ id }) => ({ tenant: id }),
};

/** Of another aggregate, as a body names it. */
export const Id = z.string().max(128);
export const Name = z.string().trim().min(1).max(200);

/** Why; shown on the tenant. */
export const SuspendTenant = z.strictObject({ reason: z.string().trim().min(1).max(500).optional() });

export const CreateTenant = z.strictObject({ id: TenantId, name: Name, ...keying });
export const PatchTenant = z.strictObject({ name: Name.optional(), ...keying });
