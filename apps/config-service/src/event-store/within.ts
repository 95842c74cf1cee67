import { isOfNoTenant, reachesWholeTenant, type Principal } from '@nuncio/contracts';
import { ArrayOverlap, Equal, IsNull, Or, type FindOptionsWhere } from 'typeorm';

interface Owned {
  readonly tenant: string | null;
  readonly groups: string[];
}

/** `reaches` as conditions on rows, any of which will do. What has no tenant is everybody's. */
export function within({ role, tenant, groups }: Principal): FindOptionsWhere<Owned>[] {
  if (isOfNoTenant(role)) return [{}];
  const inTenant = { tenant: tenant === null ? IsNull() : Or(IsNull(), Equal(tenant)) };
  if (reachesWholeTenant(role)) return [inTenant];
  return [
    { ...inTenant, groups: Equal([]) },
    { ...inTenant, groups: ArrayOverlap([...groups]) },
  ] as FindOptionsWhere<Owned>[];
}
