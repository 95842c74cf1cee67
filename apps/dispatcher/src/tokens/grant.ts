import type { TokenError } from '@nuncio/contracts';
import type { TlsIdentity } from '@nuncio/egress';

/**
 * The result of asking for a token. `granted`: it may be sent until `usableUntil`. `refused`: by the authorization server. `unavailable`: an internal
 * failure.
 */
export type Grant =
  | { readonly kind: 'granted'; readonly bearer: string | null; readonly generation: number; readonly usableUntil: number; readonly identity?: TlsIdentity | undefined }
  | { readonly kind: 'refused'; readonly tokenError: TokenError }
  | { readonly kind: 'unavailable'; readonly detail: string };

/** Only the authorization server's own answer is a refusal; a failure of token-service is internal. */
export const toGrant = (tokenError: TokenError): Grant =>
  tokenError.class === 'internal' ? { kind: 'unavailable', detail: 'token-service cannot ask for this credential' } : { kind: 'refused', tokenError };
