import { clientAuthMethods, makeClientKey } from '@nuncio/auth';
import type { Credential } from '@nuncio/contracts';
import type { SealField } from '../sealed-headers.js';
import { goesElsewhere, type CredentialBefore } from './edit-credential.js';

/**
 * What becomes of a credential's key by an edit: made where the method signs, anew for another algorithm, and anew for another origin, so that what was
 * signed for one server's eyes cannot be had by sending it to another's. Gone where the method needs none. An empty object = it stays.
 */
export async function editClientKey(before: CredentialBefore, after: Credential, seal: SealField): Promise<Partial<Pick<Credential, 'clientKey'>>> {
  const kept = before.clientKey && !goesElsewhere(before, after) ? before.clientKey : null;
  if (!clientAuthMethods.get(after.authMethod)?.usesClientKey) return before.clientKey ? { clientKey: null } : {};
  if (kept?.publicJwk.alg === after.assertionAlgorithm) return {};
  const { privateJwk, publicJwk } = await makeClientKey(after.assertionAlgorithm);
  return { clientKey: { privateJwk: seal('clientKey', privateJwk.reveal()), publicJwk } };
}
