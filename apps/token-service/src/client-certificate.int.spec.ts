import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { readClientCertificate } from '@nuncio/auth';
import { Credential } from '@nuncio/contracts';
import { Egress, EgressAllowSetting } from '@nuncio/egress';
import { makeAuthority, type Certificate } from '@nuncio/fixtures/token-misbehaviours';
import { parseKeyRing, seal, Secret } from '@nuncio/sealing';
import Provider from 'oidc-provider';
import { ClientCredentials } from './client-credentials.js';

const ring = parseKeyRing(`k1:${randomBytes(32).toString('base64')}`);
const sealed = (text: string, field: string): string => seal(ring, new Secret(text), { tenant: 'acme', kind: 'credential', id: 'cred_1', field });
const authority = makeAuthority();
const egress = new Egress({ allow: EgressAllowSetting.parse('127.0.0.0/8'), extraCa: [authority.ca] });
const clients = new ClientCredentials(egress, ring, 5_000);
const server = createServer({ ...authority.good, ca: authority.ca, requestCert: true, rejectUnauthorized: false });
let issuer: string;

const credential = (certificate: Certificate | null, over: Partial<Credential> = {}): Credential => {
  const given = certificate && { certificate: certificate.cert, privateKey: certificate.key };
  const read = given && readClientCertificate(given);
  return Credential.parse({
    id: 'cred_1',
    tenant: 'acme',
    groups: [],
    name: 'as',
    tokenUrl: `${issuer}/token`,
    issuer: null,
    authMethod: 'tls_client_auth',
    basicEncoding: 'rfc6749',
    assumeBearer: false,
    clientId: sealed('cli+ent', 'clientId'),
    clientSecret: null,
    clientCertificate: read?.ok ? { sealed: sealed(JSON.stringify(given), 'clientCertificate'), sealedForDelivery: null, ...read.facts } : null,
    scope: null,
    audience: null,
    resource: null,
    params: {},
    headers: {},
    ...over,
  });
};

const tlsOf = (context: { socket: unknown }): TLSSocket => context.socket as TLSSocket;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  issuer = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // oidc-provider warns that it keeps tokens in memory, which is intended here.
  jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  const client = { grant_types: ['client_credentials'], redirect_uris: [], response_types: [], id_token_signed_response_alg: 'ES256' as const };
  const provider = new Provider(issuer, {
    clients: [
      {
        ...client,
        client_id: 'cli+ent',
        token_endpoint_auth_method: 'tls_client_auth',
        tls_client_auth_subject_dn: 'CN=client',
        tls_client_certificate_bound_access_tokens: true,
      },
    ],
    clientAuthMethods: ['tls_client_auth'],
    cookies: { keys: ['unused'] },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      mTLS: {
        enabled: true,
        tlsClientAuth: true,
        certificateBoundAccessTokens: true,
        certificateAuthorized: (context) => tlsOf(context).authorized,
        certificateSubjectMatches: (context, _property, expected) => tlsOf(context).getPeerX509Certificate()?.subject === expected,
        getCertificate: (context) => tlsOf(context).getPeerX509Certificate()?.toString(),
      },
    },
    jwks: { keys: [{ ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig' }] },
    ttl: { ClientCredentials: 600 },
  });
  const answer = provider.callback();
  server.on('request', (request, response) => void answer(request, response));
});
afterAll(async () => {
  await egress.close();
  server.closeAllConnections();
  server.close();
});

const refused = { ok: false, tokenError: { class: 'http', httpStatus: 401, code: 'invalid_client' } };

it('gets a token by tls_client_auth from oidc-provider, by token URL and by issuer', async () => {
  expect(await clients.fetch(credential(authority.client))).toMatchObject({ ok: true, expiresInSeconds: 600 });
  expect(await clients.fetch(credential(authority.client, { tokenUrl: null, issuer }))).toMatchObject({ ok: true });
});

it.each([
  ["another client's certificate", authority.stranger],
  ['one that no known authority issued', authority.selfSigned],
])('gets none with %s, and does not reuse the connection of a client that may', async (_, certificate) => {
  expect(await clients.fetch(credential(authority.client))).toMatchObject({ ok: true });
  expect(await clients.fetch(credential(certificate))).toMatchObject(refused);
});

it('presents its certificate for this method only', async () => {
  expect(await clients.fetch(credential(authority.client, { authMethod: 'client_secret_post', clientSecret: sealed('x', 'clientSecret') }))).toMatchObject(refused);
});

it('reports an internal failure if there is no certificate, or the keys do not open it', async () => {
  const internal = { ok: false, tokenError: { class: 'internal' } };
  expect(await clients.fetch(credential(null))).toMatchObject(internal);
  const of = credential(authority.client);
  expect(await clients.fetch({ ...of, clientCertificate: { ...of.clientCertificate!, sealed: of.clientId } })).toMatchObject(internal);
});
