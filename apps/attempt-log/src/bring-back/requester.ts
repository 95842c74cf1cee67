import type { ConfigView } from '@nuncio/kafka';
import type { Requester } from './operation.js';

/**
 * Why who asked for an operation may not go on with it: his key is revoked, or he lost what it takes. null = he may. Of a person who came with a token of an OIDC
 * provider it is known only whether the tenant is there; whoever must stop it pauses it.
 */
export function speaksNoMore(requester: Requester, view: Pick<ConfigView, 'get'>): string | null {
  const { id, tenant, role, groups } = requester.resumedBy ?? requester;
  if (tenant !== null && !view.get('tenant', tenant)) return `the tenant ${tenant} was deleted`;
  if (!id.startsWith('key_')) return null;
  const key = view.get('api-key', id)?.state;
  if (!key) return `the API key ${id} that asked for it was revoked`;
  const isSame = key.role === role && key.tenant === tenant && groups.every((group) => key.groups.includes(group));
  return isSame ? null : `the API key ${id} that asked for it may no longer do so`;
}
