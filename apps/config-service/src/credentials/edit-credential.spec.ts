import { expect, it } from '@jest/globals';
import { Credential } from '@nuncio/contracts';
import { blankCredential, CreateCredential, PatchCredential } from './credential.js';
import { anotherClient, editCredential, type CredentialRules } from './edit-credential.js';

const rules: CredentialRules = {
  seal: (field, text) => `s1.${field}=${text}`,
  sealForDelivery: (field, text) => `s1.delivery.${field}=${text}`,
  checkUrl: (url) => (url.startsWith('https:') ? { ok: true, url } : { ok: false, detail: 'must begin with https://' }),
};
const blank = blankCredential('cred_1', 'acme', ['billing'], 'idp');
const tokenUrl = 'https://id.acme.com/token?audience=x';
const saved = (given: PatchCredential): Credential => Credential.parse({ ...blank, ...editCredential(blank, PatchCredential.parse(given), rules) });
const whole = saved({ tokenUrl, clientId: 'id', clientSecret: 'secret', scope: 'a', headers: { 'X-Gate': 'open' } });
const edited = (given: PatchCredential) => editCredential(whole, PatchCredential.parse(given), rules);
const pointers = (work: () => unknown): string[] => {
  try {
    work();
    return [];
  } catch (error) {
    return (error as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer);
  }
};

it('seals id, secret and headers, each for its field', () => {
  expect(whole).toMatchObject({ clientId: 's1.clientId=id', clientSecret: 's1.clientSecret=secret', headers: { 'X-Gate': 's1.headers.X-Gate=open' }, authMethod: 'client_secret_basic', basicEncoding: 'rfc6749' });
});

it('keeps sealed values that an update leaves out, blank or null', () => {
  expect(edited({ clientId: '', clientSecret: null, headers: { 'X-Gate': '' }, scope: ' b  c ' })).toEqual({ scope: 'b c' });
  expect(edited({ clientSecret: 'other' })).toEqual({ clientSecret: 's1.clientSecret=other' });
});

it('requires every secret again before it sends them to another origin', () => {
  expect(pointers(() => edited({ tokenUrl: 'https://evil.example.com/token' }))).toEqual(['/clientId', '/clientSecret', '/headers/X-Gate']);
  expect(pointers(() => edited({ issuer: 'https://evil.example.com' }))).toEqual(['/clientId', '/clientSecret', '/headers/X-Gate']);
  expect(pointers(() => edited({ tokenUrl: 'https://evil.example.com/token', clientId: 'id', clientSecret: 'new', headers: null }))).toEqual([]);
  expect(pointers(() => edited({ tokenUrl: 'https://id.acme.com/other' }))).toEqual([]);
});

it('is another client with another origin or another id, and the same one after any other change', () => {
  const reason = (given: PatchCredential) => anotherClient(whole, edited(given));
  expect(reason({ tokenUrl: 'https://evil.example.com/token', clientId: 'id', clientSecret: 's', headers: null })).toMatch('credential');
  expect(reason({ clientId: 'other' })).toMatch('credential');
  expect(['other', null].map((clientSecret) => reason({ clientSecret, scope: 'b', tokenUrl: 'https://id.acme.com/other', name: 'x' }))).toEqual([null, null]);
});

it('points to what must be given again by RFC 6901', () => {
  const tilde = saved({ tokenUrl, clientId: 'id', clientSecret: 'secret', headers: { 'X~Gate': 'open' } });
  expect(pointers(() => editCredential(tilde, { tokenUrl: 'https://evil.example.com/token', clientId: 'id', clientSecret: 'new' }, rules))).toEqual(['/headers/X~0Gate']);
});

it('removes a secret that the method does not use, so that no second edit can send it there', () => {
  const before = saved({ tokenUrl, clientId: 'id', clientSecret: 'secret' });
  const moved = editCredential(before, PatchCredential.parse({ authMethod: 'private_key_jwt', tokenUrl: 'https://evil.example.com/token', clientId: 'id' }), rules);
  expect(moved).toMatchObject({ clientSecret: null });
  const after = { ...before, ...moved };
  expect(pointers(() => editCredential(after, PatchCredential.parse({ authMethod: 'client_secret_basic' }), rules))).toEqual(['/clientSecret']);
  expect(editCredential(before, PatchCredential.parse({ authMethod: 'private_key_jwt' }), rules)).not.toHaveProperty('clientSecret');
});

it('keeps an issuer unchanged, since it is compared as a string', () => {
  const normalising = { ...rules, checkUrl: (url: string) => ({ ok: true, url: `${url}/` }) as const };
  const given = PatchCredential.parse({ issuer: 'https://id.acme.com', clientId: 'id', clientSecret: 's' });
  expect(editCredential(blank, given, normalising)).toMatchObject({ issuer: 'https://id.acme.com' });
});

it('names everything that a new credential lacks', () => {
  expect(pointers(() => saved({ headers: { Host: 'x', 'X-A': 'a\nb' } }))).toEqual(['/tokenUrl', '/clientId', '/clientSecret', '/headers/Host', '/headers/X-A']);
  expect(pointers(() => saved({ tokenUrl: 'http://id.acme.com', clientId: 'id', clientSecret: 's' }))).toEqual(['/tokenUrl']);
});

it('names the supported grants and methods', () => {
  const { error } = CreateCredential.safeParse({ name: 'x', grantType: 'password', authMethod: 'magic', params: { scope: 'x' }, scope: 'a"b' });
  expect(error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`)).toEqual([
    'grantType is not supported; client_credentials is',
    'authMethod is not supported; client_secret_basic, client_secret_post, private_key_jwt, tls_client_auth are',
    'scope must be scopes in the characters of RFC 6749 §3.3',
    expect.stringMatching(/^params must not name grant_type/),
  ]);
});
