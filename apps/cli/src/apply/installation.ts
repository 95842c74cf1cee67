import type { Api, Json, Query } from '../api.js';
import { Refused } from '../refused.js';
import { listed } from '../resources/list.js';
import { isOfTenant, kinds, type Kind } from './kinds.js';

/** A resource as the API answers it. */
export interface Existing extends Json {
  readonly id: string;
  readonly version: number;
  readonly externalId?: string | null;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface Caller {
  readonly role: string;
  readonly tenant: string | null;
}

/** The resources of some tenants in an installation, as the caller sees them. */
export class Installation {
  readonly #byKey = new Map<string, Existing>();

  private constructor(
    readonly caller: Caller,
    readonly resources: ReadonlyMap<Kind, readonly Existing[]>,
  ) {
    for (const [kind, found] of resources)
      for (const one of found) {
        const { [kind.key]: key, tenant } = one;
        if (typeof key === 'string') this.#byKey.set(placeOf(kind, tenant as string | undefined, key), one);
      }
  }

  /** `tenants`: ids; null = all that the caller sees. */
  static async look(api: Api, caller: Caller, tenants: readonly string[] | null): Promise<Installation> {
    const ofTenants = await tenantsOf(api, caller, tenants);
    const there = tenants?.filter((id) => caller.tenant === id || ofTenants.some((one) => one.id === id));
    const found = await Promise.all(
      kinds.map(async (kind): Promise<[Kind, Existing[]]> => {
        if (kind.name === 'tenant') return [kind, ofTenants];
        return [kind, isOfTenant(kind) && there ? await listedOf(api, kind.path, 'tenant', there) : await all(api, kind.path)];
      }),
    );
    return new Installation(caller, new Map(found));
  }

  of(kind: Kind): readonly Existing[] {
    return this.resources.get(kind) ?? [];
  }

  find(kind: Kind, tenant: string | undefined, key: string): Existing | undefined {
    return this.#byKey.get(placeOf(kind, tenant, key));
  }

  byId(kind: Kind, id: string): Existing | undefined {
    return this.of(kind).find((one) => one.id === id);
  }
}

const placeOf = (kind: Kind, tenant: string | undefined, key: string): string => JSON.stringify([kind.name, isOfTenant(kind) ? tenant : null, key]);

/** Only a caller without a tenant sees tenants. */
async function tenantsOf(api: Api, caller: Caller, ids: readonly string[] | null): Promise<Existing[]> {
  if (caller.tenant !== null) return [];
  return ids === null ? all(api, '/v1/tenants') : listedOf(api, '/v1/tenants', 'id', ids);
}

const all = async (api: Api, path: string, query: Query = {}): Promise<Existing[]> => (await listed(api, path, query, Infinity)) as Existing[];

/** The most values that a filter takes. */
const VALUES_AT_ONCE = 100;

async function listedOf(api: Api, path: string, filter: string, values: readonly string[]): Promise<Existing[]> {
  const found: Existing[] = [];
  for (let i = 0; i < values.length; i += VALUES_AT_ONCE) found.push(...(await all(api, path, { [filter]: values.slice(i, i + VALUES_AT_ONCE) })));
  return found;
}

/** By its id, or `ext:` and its external id; null = there is none. */
export async function tenantNamed(api: Api, id: string): Promise<Existing | null> {
  try {
    return await api.call<Existing>('GET /v1/tenants/{id}', { path: { id } });
  } catch (error) {
    if (error instanceof Refused && error.http === 404) return null;
    throw error;
  }
}
