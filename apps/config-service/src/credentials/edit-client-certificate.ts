import { clientAuthMethods, readClientCertificate, type ClientCertificate } from '@nuncio/auth';
import type { Credential, FaultDetail } from '@nuncio/contracts';
import type { SealField } from '../sealed-headers.js';

type Certified = Pick<Credential, 'authMethod' | 'clientCertificate' | 'certificateForDelivery'>;

/** `seal`: for token-service. `sealForDelivery`: for dispatchers, which open no more of a credential than what they show. */
export interface CertificateSeals {
  readonly seal: SealField;
  readonly sealForDelivery: SealField;
}

/**
 * What becomes of a credential's certificate by an edit. What is not given stays; it has to be given where the method shows one, and again where it is to be
 * shown to receivers from now on, since nobody here opens what is stored; what they are not to see any more is dropped.
 */
export function editClientCertificate(
  { clientCertificate: stored }: Pick<Certified, 'clientCertificate'>,
  { authMethod, certificateForDelivery }: Certified,
  given: ClientCertificate | null | undefined,
  { seal, sealForDelivery }: CertificateSeals,
): { clientCertificate: Credential['clientCertificate']; faults: FaultDetail[] } {
  const fault = (field: string, code: string, detail: string) => ({ clientCertificate: stored, faults: [{ pointer: `/clientCertificate${field}`, code, detail }] });
  if (given) {
    const read = readClientCertificate(given);
    if (!read.ok) return fault(`/${read.field}`, 'certificate', read.detail);
    const text = JSON.stringify(given);
    const sealedForDelivery = certificateForDelivery ? sealForDelivery('clientCertificate', text, stored?.sealedForDelivery) : null;
    return { clientCertificate: { sealed: seal('clientCertificate', text, stored?.sealed), sealedForDelivery, ...read.facts }, faults: [] };
  }
  if (!stored) {
    if (clientAuthMethods.get(authMethod)?.usesClientCertificate) return fault('', 'required', `must be given, since ${authMethod} uses it`);
    if (certificateForDelivery) return fault('', 'required', 'must be given, since deliveries are to show it');
    return { clientCertificate: null, faults: [] };
  }
  if (!certificateForDelivery) return { clientCertificate: stored.sealedForDelivery ? { ...stored, sealedForDelivery: null } : stored, faults: [] };
  if (!stored.sealedForDelivery) return fault('', 'required', 'must be given again, since deliveries are to show it from now on');
  return { clientCertificate: stored, faults: [] };
}
