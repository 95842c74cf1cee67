import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey, type JWK } from 'jose';
import { Jwks } from './jwks.js';
import { OidcEnv } from './oidc-env.js';
import { looksLikeJwt, OidcTokens } from './oidc-tokens.js';

const ISSUER = 'https://id.acme.com/realms/one';
const AUDIENCE = 'nuncio';

let server: Server;
let url: string;
let tokens: OidcTokens;
let key: CryptoKey;
let stranger: CryptoKey;
let published: JWK[] = [];
let asked = 0;
let status = 200;

beforeAll(async () => {
  Logger.overrideLogger(false);
  const pair = await generateKeyPair('ES256');
  key = pair.privateKey;
  stranger = (await generateKeyPair('ES256')).privateKey;
  published = [{ ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' }];
  server = createServer((_request, response) => {
    asked += 1;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ keys: published }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
  const found = OidcTokens.of(OidcEnv.parse({ OIDC_ISSUER: ISSUER, OIDC_AUDIENCE: AUDIENCE, OIDC_JWKS_URL: url }));
  if (!found) throw new Error('no tokens are accepted');
  tokens = found;
});
afterAll(() => void server.close());

const inAnHour = (): number => Math.floor(Date.now() / 1_000) + 3_600;
const good = () => ({ sub: 'zoe', iss: ISSUER, aud: AUDIENCE as string | string[], exp: inAnHour(), tenant: 'acme', roles: ['consumer'] });
const sign = (claims: object, by: CryptoKey | Uint8Array = key, header = { alg: 'ES256', kid: 'k1' }): Promise<string> => new SignJWT({ ...claims }).setProtectedHeader(header).sign(by);

it('is who the issuer says, also with several audiences', async () => {
  const exp = inAnHour();
  const token = await sign({ ...good(), exp, aud: ['console', AUDIENCE] });
  expect(looksLikeJwt(token)).toBe(true);
  expect(await tokens.principalOf(token)).toEqual({ id: 'oidc:zoe', role: 'consumer', tenant: 'acme', groups: [], until: exp * 1_000 });
});

it.each<[string, () => string | Promise<string>]>([
  ['another issuer, if only by a slash', () => sign({ ...good(), iss: `${ISSUER}/` })],
  ['no issuer', () => sign({ ...good(), iss: undefined })],
  ['another audience', () => sign({ ...good(), aud: 'nuncio2' })],
  ['no audience', () => sign({ ...good(), aud: undefined })],
  ['no end', () => sign({ ...good(), exp: undefined })],
  ['an end that has come', () => sign({ ...good(), exp: Math.floor(Date.now() / 1_000) - 1 })],
  ['a beginning that has not', () => sign({ ...good(), nbf: inAnHour() })],
  ['no subject', () => sign({ ...good(), sub: undefined })],
  ['an empty subject', () => sign({ ...good(), sub: '' })],
  ['no tenant', () => sign({ ...good(), tenant: undefined })],
  ['a key of somebody else', () => sign(good(), stranger)],
  ['a key that is not published', () => sign(good(), stranger, { alg: 'ES256', kid: 'k2' })],
  ['the public key as a shared secret', () => sign(good(), new TextEncoder().encode(JSON.stringify(published[0])), { alg: 'HS256', kid: 'k1' })],
  ['no signature', () => new UnsecuredJWT(good()).encode()],
  ['another payload than was signed', async () => (await sign(good())).replace(/\..*\./, `.${Buffer.from(JSON.stringify({ ...good(), tenant: 'other' })).toString('base64url')}.`)],
  ['a header that must be understood', () => new SignJWT(good()).setProtectedHeader({ alg: 'ES256', kid: 'k1', crit: ['exp'], exp: 1 }).sign(key, { crit: { exp: true } })],
])('refuses a token with %s', async (_, token) => {
  await expect(async () => tokens.principalOf(await token())).rejects.toThrow(expect.objectContaining({ code: 'unauthenticated' }));
});

it('looks for an unknown key at most once a minute, and finds one that was added', async () => {
  let now = 0;
  const jwks = new Jwks(url, () => now);
  const find = (kid: string) => jwks.key({ alg: 'ES256', kid }, { payload: '', signature: '' });
  asked = 0;
  await find('k1');
  for (let i = 0; i < 20; i++) await expect(find(`guess-${i}`)).rejects.toThrow('no applicable key');
  expect(asked).toBe(1);
  published = [...published, { ...published[0], kid: 'k2' }];
  now = 59_999;
  await expect(find('k2')).rejects.toThrow('no applicable key');
  now = 60_000;
  await find('k2');
  expect(asked).toBe(2);
});

it('uses the keys that it has while their server is away, and can check nothing without any', async () => {
  let now = 0;
  const find = (jwks: Jwks) => jwks.key({ alg: 'ES256', kid: 'k1' }, { payload: '', signature: '' });
  const jwks = new Jwks(url, () => now);
  await find(jwks);
  status = 503;
  now = 3_600_000;
  await find(jwks);
  await find(jwks);
  const empty = new Jwks(url, () => now);
  await expect(find(empty)).rejects.toThrow(expect.objectContaining({ code: 'unavailable' }));
  status = 200;
  await expect(find(empty)).rejects.toThrow(expect.objectContaining({ code: 'unavailable' }));
  now += 1_000;
  await find(empty);
});
