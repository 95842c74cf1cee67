import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Secret } from '@nuncio/sealing';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { makeClientKey, tokenRequest as tokenRequestAt, type OAuthClient } from './index.js';

const NOW = Date.parse('2026-01-01T00:00:00.900Z');
const tokenRequest = (given: OAuthClient) => tokenRequestAt(given, NOW);

const vectors = JSON.parse(readFileSync(new URL('./vectors/client-secret-basic.json', import.meta.url), 'utf8')) as {
  id: string;
  secret: string;
  rfc6749: string;
  raw: string;
}[];

const client = (over: Partial<OAuthClient> = {}): OAuthClient => ({
  tokenUrl: 'https://as.example.com/token?tenant=a%20b',
  issuer: null,
  authMethod: 'client_secret_basic',
  basicEncoding: 'rfc6749',
  assertionAudience: 'token-url',
  assumeBearer: false,
  clientId: new Secret('client'),
  clientSecret: new Secret('a+b%c:d&e=f'),
  clientKey: null,
  scope: null,
  audience: null,
  resource: null,
  params: {},
  headers: {},
  ...over,
});
const form = (body: Buffer): Record<string, string> => Object.fromEntries(new URLSearchParams(body.toString()));

describe('tokenRequest', () => {
  it.each(vectors)('authenticates the client $id by Basic, encoded by RFC 6749 or raw', async ({ id, secret, rfc6749, raw }) => {
    const given = { clientId: new Secret(id), clientSecret: new Secret(secret) };
    expect((await tokenRequest(client(given))).headers.authorization).toBe(rfc6749);
    expect((await tokenRequest(client({ ...given, basicEncoding: 'raw' }))).headers.authorization).toBe(raw);
  });

  it('asks for client credentials, keeps the query of the URL, and sends no scope when there is none', async () => {
    const { url, method, headers, body } = await tokenRequest(client({ scope: '' }));
    expect({ url, method }).toEqual({ url: 'https://as.example.com/token?tenant=a%20b', method: 'POST' });
    expect(headers.accept).toBe('application/json');
    expect(headers).toMatchObject({ 'content-type': 'application/x-www-form-urlencoded', 'accept-encoding': 'identity', 'user-agent': expect.stringMatching(/^Nuncio\//) as unknown });
    expect(form(body)).toEqual({ grant_type: 'client_credentials' });
  });

  it('puts id and secret into the form for client_secret_post, and nothing into Authorization', async () => {
    const { headers, body } = await tokenRequest(client({ authMethod: 'client_secret_post', clientId: new Secret('ü ser'), scope: 'a b' }));
    expect(headers).not.toHaveProperty('authorization');
    expect(form(body)).toEqual({ grant_type: 'client_credentials', scope: 'a b', client_id: 'ü ser', client_secret: 'a+b%c:d&e=f' });
  });

  it.each(['ES256', 'RS256', 'PS256', 'EdDSA'] as const)('signs an assertion for private_key_jwt by %s, for the token URL or the issuer', async (algorithm) => {
    const { privateJwk, publicJwk } = await makeClientKey(algorithm);
    const signing = { authMethod: 'private_key_jwt', clientId: new Secret('ü ser'), clientKey: privateJwk, issuer: 'https://as.example.com' };
    const verified = async (over: Partial<OAuthClient>) => {
      const { headers, body } = await tokenRequest(client({ ...signing, ...over }));
      const { client_assertion: assertion = '', ...rest } = form(body);
      expect(headers).not.toHaveProperty('authorization');
      expect(rest).toEqual({
        grant_type: 'client_credentials',
        client_id: 'ü ser',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      });
      return jwtVerify(assertion, createLocalJWKSet({ keys: [publicJwk as { kty: string }] }), { currentDate: new Date(NOW) });
    };
    const { payload, protectedHeader } = await verified({});
    expect(protectedHeader).toEqual({ alg: algorithm, kid: publicJwk.kid });
    const issuedAt = Math.floor(NOW / 1_000);
    expect(payload).toEqual({
      iss: 'ü ser',
      sub: 'ü ser',
      aud: 'https://as.example.com/token?tenant=a%20b',
      iat: issuedAt,
      nbf: issuedAt - 30,
      exp: issuedAt + 60,
      jti: expect.any(String),
    });
    const other = (await verified({ assertionAudience: 'issuer' })).payload;
    expect(other.aud).toBe('https://as.example.com');
    expect(other.jti).not.toBe(payload.jti);
  });

  it('shows no private half of a key', async () => {
    const { publicJwk, privateJwk } = await makeClientKey('RS256');
    expect(Object.keys(publicJwk).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
    expect(JSON.stringify({ privateJwk })).toBe('{"privateJwk":"[secret]"}');
  });

  it('sends each resource as a parameter of its own, and lets a header of the credential set the user agent', async () => {
    const { headers, body } = await tokenRequest(client({ resource: ['https://a.example.com', 'https://b.example.com'], headers: { 'User-Agent': new Secret('acme/1') } }));
    expect(new URLSearchParams(body.toString()).getAll('resource')).toEqual(['https://a.example.com', 'https://b.example.com']);
    expect(headers).toMatchObject({ 'user-agent': 'acme/1', 'content-type': 'application/x-www-form-urlencoded' });
  });

  it('adds audience, resource, parameters and headers of the credential, none of which can change the grant', async () => {
    const { headers, body } = await tokenRequest(
      client({
        audience: 'aud',
        resource: 'https://r.example.com',
        params: { tier: 'gold', grant_type: 'password' },
        headers: { 'X-Gate': new Secret('open') },
      }),
    );
    expect(headers['x-gate']).toBe('open');
    expect(form(body)).toEqual({ grant_type: 'client_credentials', audience: 'aud', resource: 'https://r.example.com', tier: 'gold' });
  });

  it('refuses a credential that allows no request, without quoting it', async () => {
    await expect(tokenRequest(client({ authMethod: 'magic' }))).rejects.toMatchObject({ code: 'internal' });
    await expect(tokenRequest(client({ authMethod: 'private_key_jwt' }))).rejects.toMatchObject({ code: 'internal' });
    const error: unknown = await tokenRequest(client({ headers: { 'X-Gate': new Secret('geheim\n'), 'X-Other': new Secret('geheim€') } })).catch(
      (e: unknown) => e,
    );
    expect(error).toMatchObject({ code: 'internal', cause: undefined });
    expect(String(error)).not.toContain('geheim');
  });
});
