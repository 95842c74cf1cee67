import { isOfNoTenant, reachesWholeTenant, type Principal } from '@nuncio/contracts';
import { ArrayOverlap, Equal, IsNull, Or, type FindOptionsWhere } from 'typeorm';

interface Owned {
  readonly tenant: string | null;
  readonly groups: string[];
}

/** `reaches` as alternative conditions on rows. Everybody may see resources without a tenant. */
export function within({ role, tenant, groups }: Principal): FindOptionsWhere<Owned>[] {
  if (isOfNoTenant(role)) return [{}];
  const inTenant = { tenant: tenant === null ? IsNull() : Or(IsNull(), Equal(tenant)) };
  if (reachesWholeTenant(role)) return [inTenant];
  return [
    { ...inTenant, groups: Equal([]) },
    { ...inTenant, groups: ArrayOverlap([...groups]) },
  ] as FindOptionsWhere<Owned>[];
}
