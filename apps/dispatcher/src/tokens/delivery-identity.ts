import { parseClientCertificate } from '@nuncio/auth';
import type { Credential } from '@nuncio/contracts';
import type { TlsIdentity } from '@nuncio/egress';
import { open, type KeyRing } from '@nuncio/sealing';

/**
 * The certificate that deliveries present if the credential asks for it (a token may be bound to it, RFC 8705 §3). Throws Fault `corrupt` if the key
 * ring does not open it.
 */
export function deliveryIdentity(ring: KeyRing, { id, tenant, clientCertificate }: Credential): TlsIdentity | undefined {
  if (!clientCertificate?.sealedForDelivery) return undefined;
  const opened = open(ring, clientCertificate.sealedForDelivery, { tenant, kind: 'credential', id, field: 'clientCertificate' });
  return { id: clientCertificate.sha256, ...parseClientCertificate(opened) };
}
