import { expect, it } from '@jest/globals';
import type { Credential, Principal } from '@nuncio/contracts';
import { editClientKey as editKey, withClientKeys } from './client-key.js';
import { blankCredential } from './credential.js';

const seal = (field: string, text: string): string => `s1.${field}=${text}`;
const caller: Principal = { id: 'key_1', role: 'consumer', tenant: 'acme', groups: [] };
let isInLine = false;
let prepared = 0;
const store = {
  prepare: <T>(_: Principal, work: () => Promise<T>): Promise<T> => {
    expect(isInLine).toBe(false);
    prepared += 1;
    return work();
  },
};
/** Decides as the controller does: in the transaction, with keys that were made before. */
const editClientKey = (before: Parameters<typeof editKey>[0], after: Credential) =>
  withClientKeys(store, caller, (keys) => {
    isInLine = true;
    try {
      return Promise.resolve(editKey(before, after, seal, keys));
    } finally {
      isInLine = false;
    }
  });
const blank = blankCredential('cred_1', 'acme', [], 'as');
const signing = { ...blank, clientId: 's1.id', authMethod: 'private_key_jwt', tokenUrl: 'https://as.acme.com/token' } as Credential;
const keyed = { ...signing, ...(await editClientKey(blank, signing)) };
const edited = (over: Partial<Credential>) => editClientKey(keyed, { ...keyed, ...over });

it('makes a key for a method that signs, with its private half sealed', () => {
  expect(keyed.clientKey?.publicJwk).toMatchObject({ kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig' });
  expect(keyed.clientKey?.publicJwk).not.toHaveProperty('d');
  expect(keyed.clientKey?.privateJwk).toMatch(/^s1\.clientKey=\{.*"d":/);
});

it('keeps it in other edits', async () => {
  expect(await edited({ scope: 'a', assertionAudience: 'issuer', tokenUrl: 'https://as.acme.com/oauth/token' })).toEqual({});
});

it('makes another one for another algorithm, and for another origin, which must not get what the old one signs', async () => {
  expect((await edited({ assertionAlgorithm: 'EdDSA' })).clientKey?.publicJwk).toMatchObject({ kty: 'OKP', alg: 'EdDSA' });
  const moved = await edited({ tokenUrl: 'https://evil.example.com/token' });
  expect(moved.clientKey?.publicJwk.kid).not.toBe(keyed.clientKey?.publicJwk.kid);
});

it('drops it with the method, and makes none where there was none', async () => {
  expect(await edited({ authMethod: 'client_secret_post' })).toEqual({ clientKey: null });
  expect(await editClientKey(blank, { ...signing, authMethod: 'client_secret_basic' })).toEqual({});
});

it('makes each key once, outside of the queue: RSA keys made in it kept all other tenants waiting', async () => {
  prepared = 0;
  await edited({ assertionAlgorithm: 'RS256' });
  await edited({ scope: 'b' });
  expect(prepared).toBe(1);
});
