import { hasExpired, principalOf, type Principal } from '@nuncio/contracts';
import type { ConfigView } from '@nuncio/kafka';
import { reachesNoFurther } from '@nuncio/service';
import type { PausedBy, Requester } from './operation.js';

/**
 * Why an operation may not go on for its requester: the key is revoked, the token has ended, or a permission is lost. null = it may go on. An
 * operation of a portal session may go on as long as the key that made the session, since nobody keeps the portal open until the end. `now`: epoch
 * milliseconds.
 */
export function speaksNoMore(requester: Requester, view: Pick<ConfigView, 'get'>, now: number): PausedBy | null {
  const speaker = requester.resumedBy ?? requester;
  const { id, tenant, until, madeBy } = speaker;
  if (tenant !== null && !view.get('tenant', tenant)) return { code: 'tenant-deleted', reason: `the tenant ${tenant} was deleted` };
  if (until !== undefined) return now < until ? null : { code: 'token-ended', reason: `the token of ${id}, who asked for it, has ended` };
  const keyId = madeBy ?? id;
  if (!keyId.startsWith('key_')) return null;
  const named = madeBy === undefined ? `the API key ${keyId} that asked for it` : `the API key ${keyId}, which made the session of ${id}, who asked for it,`;
  const key = view.get('api-key', keyId)?.state;
  if (!key) return { code: 'key-revoked', reason: `${named} was revoked` };
  if (hasExpired(key, now)) return { code: 'key-expired', reason: `${named} has run out` };
  return reachesFarEnough(principalOf(key), speaker) ? null : { code: 'permission-lost', reason: `${named} may no longer do so` };
}

/** Whether a key still has the permissions that it had when the operation began, or the session was made. */
function reachesFarEnough(key: Principal | null, { role, tenant, groups, madeBy }: Principal): boolean {
  if (!key) return false;
  if (madeBy !== undefined) return role === 'consumer' && tenant !== null && reachesNoFurther({ tenant, role, groups: [...groups] }, key);
  return key.role === role && key.tenant === tenant && groups.every((group) => key.groups.includes(group));
}
