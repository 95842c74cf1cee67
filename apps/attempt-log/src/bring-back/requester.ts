import { hasExpired } from '@nuncio/contracts';
import type { ConfigView } from '@nuncio/kafka';
import type { Requester } from './operation.js';

/**
 * Why who asked for an operation may not go on with it: the key is revoked, the token has ended, or what it takes is lost. null = they may.
 * `now`: epoch milliseconds.
 */
export function speaksNoMore(requester: Requester, view: Pick<ConfigView, 'get'>, now: number): string | null {
  const { id, tenant, role, groups, until } = requester.resumedBy ?? requester;
  if (tenant !== null && !view.get('tenant', tenant)) return `the tenant ${tenant} was deleted`;
  if (until !== undefined) return now < until ? null : `the token of ${id}, who asked for it, has ended`;
  if (!id.startsWith('key_')) return null;
  const key = view.get('api-key', id)?.state;
  if (!key) return `the API key ${id} that asked for it was revoked`;
  if (hasExpired(key, now)) return `the API key ${id} that asked for it has run out`;
  const isSame = key.role === role && key.tenant === tenant && groups.every((group) => key.groups.includes(group));
  return isSame ? null : `the API key ${id} that asked for it may no longer do so`;
}
