import { clientAuthMethods, readClientCertificate, type ClientCertificate } from '@nuncio/auth';
import type { Credential, FaultDetail, FieldCode } from '@nuncio/contracts';
import type { SealField } from '../sealed-headers.js';

type Certified = Pick<Credential, 'authMethod' | 'clientCertificate' | 'certificateForDelivery'>;

/**
 * `seal` seals for the token-service, `sealForDelivery` for dispatchers, which can open nothing of a credential except the certificate that they
 * present.
 */
export interface CertificateSeals {
  readonly seal: SealField;
  readonly sealForDelivery: SealField;
}

/**
 * The change of a credential's certificate by an edit. Without a given certificate the stored one stays. It must be given if the method presents one,
 * and given again if receivers are to see it from now on, since this service cannot open the stored one to seal it for dispatchers. If receivers no
 * longer see it, that copy is dropped.
 */
export function editClientCertificate(
  { clientCertificate: stored }: Pick<Certified, 'clientCertificate'>,
  { authMethod, certificateForDelivery }: Certified,
  given: ClientCertificate | null | undefined,
  { seal, sealForDelivery }: CertificateSeals,
): { clientCertificate: Credential['clientCertificate']; faults: FaultDetail[] } {
  const fault = (field: string, code: FieldCode, detail: string): ReturnType<typeof editClientCertificate> => ({ clientCertificate: stored, faults: [{ pointer: `/clientCertificate${field}`, code, detail }] });
  if (given) {
    const read = readClientCertificate(given);
    if (!read.ok) return fault(`/${read.field}`, 'certificate', read.detail);
    const text = JSON.stringify(given);
    const sealedForDelivery = certificateForDelivery ? sealForDelivery('clientCertificate', text, stored?.sealedForDelivery) : null;
    return { clientCertificate: { sealed: seal('clientCertificate', text, stored?.sealed), sealedForDelivery, ...read.facts }, faults: [] };
  }
  if (!stored) {
    if (clientAuthMethods.get(authMethod)?.usesClientCertificate) return fault('', 'required', `must be given, since ${authMethod} uses it`);
    if (certificateForDelivery) return fault('', 'required', 'must be given, since deliveries present it');
    return { clientCertificate: null, faults: [] };
  }
  if (!certificateForDelivery) return { clientCertificate: stored.sealedForDelivery ? { ...stored, sealedForDelivery: null } : stored, faults: [] };
  if (!stored.sealedForDelivery) return fault('', 'required', 'must be given again, since deliveries present it from now on');
  return { clientCertificate: stored, faults: [] };
}
