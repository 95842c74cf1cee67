import { expect, it } from '@jest/globals';
import { Credential } from '@nuncio/contracts';
import { makeAuthority } from '@nuncio/fixtures/token-misbehaviours';
import { blankCredential, PatchCredential } from './credential.js';
import { editCredential, type CredentialRules } from './edit-credential.js';

const { ca, client, stranger } = makeAuthority();
const certificate = { certificate: client.cert, privateKey: client.key };
const rules: CredentialRules = {
  seal: (field) => `s1.${field}`,
  sealForDelivery: (field) => `s1.delivery.${field}`,
  checkUrl: (url) => ({ ok: true, url }),
};
const blank = blankCredential('cred_1', 'acme', [], 'as');
const edit = (before: Parameters<typeof editCredential>[0], given: object) => editCredential(before, PatchCredential.parse(given), rules);
const asked = { tokenUrl: 'https://as.acme.com/token', clientId: 'id', authMethod: 'tls_client_auth' };
const saved = (given: object): Credential => Credential.parse({ ...blank, ...edit(blank, { ...asked, ...given }) });
const faults = (work: () => unknown): string[] => {
  try {
    work();
    return [];
  } catch (error) {
    return (error as { errors: { pointer: string; detail: string }[] }).errors.map(({ pointer, detail }) => `${pointer} ${detail}`);
  }
};

it('seals a certificate with its key, and keeps the parts that may be shown', () => {
  const { clientCertificate } = saved({ clientCertificate: certificate });
  expect(clientCertificate).toEqual({
    sealed: 's1.clientCertificate',
    sealedForDelivery: null,
    subject: 'CN=client',
    notAfter: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
});

it('accepts a chain that begins with the client’s certificate', () => {
  expect(saved({ clientCertificate: { ...certificate, certificate: client.cert + ca } }).clientCertificate?.subject).toBe('CN=client');
});

it.each([
  ['no certificate', { certificate: 'x', privateKey: client.key }, '/clientCertificate/certificate must be certificates in PEM, the client’s own first'],
  ['rubbish behind it', { ...certificate, certificate: client.cert + client.cert.replaceAll('M', 'A') }, '/clientCertificate/certificate must be certificates in PEM, the client’s own first'],
  ['no key', { ...certificate, privateKey: client.cert }, '/clientCertificate/privateKey must be a private key in PEM without a passphrase'],
  ["another certificate's key", { ...certificate, privateKey: stranger.key }, '/clientCertificate/privateKey is not the key of the certificate'],
])('refuses %s', (_, clientCertificate, fault) => {
  expect(faults(() => saved({ clientCertificate }))).toEqual([fault]);
});

it('requires one for the method that presents it, and keeps it in other edits', () => {
  expect(faults(() => saved({}))).toEqual(['/clientCertificate must be given, since tls_client_auth uses it']);
  expect(edit(saved({ clientCertificate: certificate }), { scope: 'a', clientCertificate: null })).toEqual({ scope: 'a' });
});

it('also seals it for dispatchers if deliveries present it, and removes that copy when they no longer do', () => {
  const shown = saved({ clientCertificate: certificate, certificateForDelivery: true });
  expect(shown.clientCertificate).toMatchObject({ sealed: 's1.clientCertificate', sealedForDelivery: 's1.delivery.clientCertificate' });
  expect(edit(shown, { name: 'x' })).toEqual({ name: 'x' });
  expect(edit(shown, { certificateForDelivery: false })).toMatchObject({ certificateForDelivery: false, clientCertificate: { sealedForDelivery: null } });
  const hidden = saved({ clientCertificate: certificate });
  expect(faults(() => edit(hidden, { certificateForDelivery: true }))).toEqual(['/clientCertificate must be given again, since deliveries present it from now on']);
});

it('requires it again before it is presented to another origin', () => {
  const before = saved({ clientCertificate: certificate });
  const elsewhere = { tokenUrl: 'https://evil.example.com/token', clientId: 'id' };
  expect(faults(() => edit(before, elsewhere))).toEqual(['/clientCertificate must be given again, since the address has changed']);
  expect(faults(() => edit(before, { ...elsewhere, clientCertificate: certificate }))).toEqual([]);
});

it('is removed when it is not used, and required again when deliveries present it', () => {
  const elsewhere = { tokenUrl: 'https://evil.example.com/token', clientId: 'id', authMethod: 'private_key_jwt' };
  const before = saved({ clientCertificate: certificate });
  const moved = edit(before, elsewhere);
  expect(moved).toMatchObject({ clientCertificate: null });
  expect(faults(() => edit({ ...before, ...moved }, { authMethod: 'tls_client_auth' }))).toEqual(['/clientCertificate must be given, since tls_client_auth uses it']);
  const shown = saved({ clientCertificate: certificate, certificateForDelivery: true });
  expect(faults(() => edit(shown, elsewhere))).toEqual(['/clientCertificate must be given again, since the address has changed']);
});
