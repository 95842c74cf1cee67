import { randomBytes } from 'node:crypto';
import { expect, it } from '@jest/globals';
import type { Credential } from '@nuncio/contracts';
import { parseKeyRing, seal, Secret } from '@nuncio/sealing';
import { deliveryIdentity } from './delivery-identity.js';

const ring = parseKeyRing(`k1:${randomBytes(32).toString('base64')}`);
const of = { tenant: 'acme', kind: 'credential', id: 'cred_1', field: 'clientCertificate' } as const;
const pems = { certificate: 'a certificate', privateKey: 'its key' };
const credential = (sealedForDelivery: string | null, id = 'cred_1') =>
  ({ id, tenant: 'acme', clientCertificate: { sealed: 's1.for-others', sealedForDelivery, subject: 'CN=client', notAfter: '', sha256: 'ab12' } }) as Credential;

it('opens the certificate where the credential asks that deliveries show it', () => {
  expect(deliveryIdentity(ring, credential(seal(ring, new Secret(JSON.stringify(pems)), of)))).toEqual({ id: 'ab12', ...pems });
});

it('shows none where it does not', () => {
  expect(deliveryIdentity(ring, credential(null))).toBeUndefined();
  expect(deliveryIdentity(ring, { ...credential(null), clientCertificate: null })).toBeUndefined();
});

it('opens none that is sealed for another credential, or is none', () => {
  const sealed = seal(ring, new Secret(JSON.stringify(pems)), of);
  expect(() => deliveryIdentity(ring, credential(sealed, 'cred_2'))).toThrow();
  expect(() => deliveryIdentity(ring, credential(seal(ring, new Secret('{}'), of)))).toThrow('is no client certificate');
});
