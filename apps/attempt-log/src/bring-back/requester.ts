import { hasExpired, principalOf, type Principal } from '@nuncio/contracts';
import type { ConfigView } from '@nuncio/kafka';
import { reachesNoFurther } from '@nuncio/service';
import type { Requester } from './operation.js';

/**
 * Why who asked for an operation may not go on with it: the key is revoked, the token has ended, or what it takes is lost. null = they may. A portal session speaks
 * as long as the key that made it, since nobody looks at a portal until an operation is through.
 * `now`: epoch milliseconds.
 */
export function speaksNoMore(requester: Requester, view: Pick<ConfigView, 'get'>, now: number): string | null {
  const speaker = requester.resumedBy ?? requester;
  const { id, tenant, until, madeBy } = speaker;
  if (tenant !== null && !view.get('tenant', tenant)) return `the tenant ${tenant} was deleted`;
  if (until !== undefined) return now < until ? null : `the token of ${id}, who asked for it, has ended`;
  const keyId = madeBy ?? id;
  if (!keyId.startsWith('key_')) return null;
  const named = madeBy === undefined ? `the API key ${keyId} that asked for it` : `the API key ${keyId}, which made the session of ${id}, who asked for it,`;
  const key = view.get('api-key', keyId)?.state;
  if (!key) return `${named} was revoked`;
  if (hasExpired(key, now)) return `${named} has run out`;
  return reachesFarEnough(principalOf(key), speaker) ? null : `${named} may no longer do so`;
}

/** Whether a key is still what it was when the operation began, or the session was made. */
function reachesFarEnough(key: Principal | null, { role, tenant, groups, madeBy }: Principal): boolean {
  if (!key) return false;
  if (madeBy !== undefined) return role === 'consumer' && tenant !== null && reachesNoFurther({ tenant, role, groups: [...groups] }, key);
  return key.role === role && key.tenant === tenant && groups.every((group) => key.groups.includes(group));
}
