import { reference, type Application } from '@nuncio/contracts';
import { z } from 'zod';
import { replaceFields, type Aggregate } from '../event-store/index.js';
import { keying } from '../keying/keying.js';
import { Name } from '../tenants/tenant.js';

/** Every tenant has an application of this name. Callbacks that name no application belong to it. */
export const DEFAULT_APPLICATION = 'default';

export const nameInTenant = (tenant: string, name: string): string => `${tenant}/${name}`;

export const application: Aggregate<Application> = {
  kind: 'application',
  evolve: replaceFields,
  index: ({ tenant, name }) => ({ tenant, name: nameInTenant(tenant, name) }),
};

export const CreateApplication = z.strictObject({ tenant: reference('tenant').optional(), name: Name, ...keying });
export const PatchApplication = z.strictObject({ name: Name.optional(), ...keying });
