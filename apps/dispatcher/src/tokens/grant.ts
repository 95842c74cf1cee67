import type { TokenError } from '@nuncio/contracts';
import type { TlsIdentity } from '@nuncio/egress';

/** The result of asking for a token. `granted`: send it before `usableUntil` only. `refused`: the authorization server's doing. `unavailable`: ours. */
export type Grant =
  | { readonly kind: 'granted'; readonly bearer: string | null; readonly generation: number; readonly usableUntil: number; readonly identity?: TlsIdentity | undefined }
  | { readonly kind: 'refused'; readonly tokenError: TokenError }
  | { readonly kind: 'unavailable'; readonly detail: string };

/** Only the authorization server's own behaviour is a refusal; what token-service could not do is ours. */
export const toGrant = (tokenError: TokenError): Grant =>
  tokenError.class === 'internal' ? { kind: 'unavailable', detail: 'token-service cannot ask for this credential' } : { kind: 'refused', tokenError };
