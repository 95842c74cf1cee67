import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { Fault, IS_SECRET } from '@nuncio/contracts';
import type { Secret } from '@nuncio/sealing';
import { z } from 'zod';

/** A certificate, followed by the intermediate ones, and its private key. PEM. */
export const ClientCertificate = z.strictObject({ certificate: z.string().max(32_768).describe('PEM, followed by its chain'), privateKey: z.string().max(16_384).meta(IS_SECRET).describe('PEM') });
export type ClientCertificate = z.infer<typeof ClientCertificate>;

/** The public data of a client certificate. `notAfter`: RFC 3339. `sha256`: of the certificate in DER, hex. */
interface CertificateFacts {
  readonly subject: string;
  readonly notAfter: string;
  readonly sha256: string;
}

type CertificateReading = { readonly ok: true; readonly facts: CertificateFacts } | { readonly ok: false; readonly field: keyof ClientCertificate; readonly detail: string };

/** Reads a user's input. Never throws, and its messages quote nothing of the input. */
export function readClientCertificate({ certificate, privateKey }: ClientCertificate): CertificateReading {
  const chain = certificate.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const [first, ...others] = chain.map(parsedCertificate);
  if (!first || others.includes(null)) return { ok: false, field: 'certificate', detail: 'must be certificates in PEM, the client’s own first' };
  const key = parsedKey(privateKey);
  if (!key) return { ok: false, field: 'privateKey', detail: 'must be a private key in PEM without a passphrase' };
  if (!first.checkPrivateKey(key)) return { ok: false, field: 'privateKey', detail: 'is not the key of the certificate' };
  const sha256 = first.fingerprint256.replaceAll(':', '').toLowerCase();
  return { ok: true, facts: { subject: first.subject.replaceAll('\n', ', '), notAfter: first.validToDate.toISOString(), sha256 } };
}

/** Reads a certificate from its sealed form, JSON. Throws Fault `corrupt`. */
export function parseClientCertificate(opened: Secret): ClientCertificate {
  try {
    return ClientCertificate.parse(JSON.parse(opened.reveal()));
  } catch {
    // Without a cause, which could quote a key.
    throw new Fault('corrupt', 'the sealed text is no client certificate');
  }
}

function parsedCertificate(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem);
  } catch {
    return null;
  }
}

function parsedKey(pem: string): KeyObject | null {
  try {
    return createPrivateKey(pem);
  } catch {
    return null;
  }
}
