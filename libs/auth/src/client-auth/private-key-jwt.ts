import { randomUUID } from 'node:crypto';
import { Fault, type AssertionAlgorithm, type PublicJwk } from '@nuncio/contracts';
import { Secret } from '@nuncio/sealing';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT, type JWK } from 'jose';
import type { ClientAuthMethod } from './client-auth.js';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
/** RFC 7523 §3 recommends short-lived assertions. */
const LIFE_SECONDS = 60;
/** `nbf`, which some servers require, is this much before the time of signing, so that a server whose clock is slow accepts the assertion at once. */
const LEEWAY_SECONDS = 30;

/** RFC 7523 §2.2: the client signs a JWT that is valid for one request to one audience. No secret is sent. */
export const privateKeyJwt: ClientAuthMethod = {
  name: 'private_key_jwt',
  usesClientSecret: false,
  usesClientKey: true,
  usesClientCertificate: false,
  authenticate:
    ({ clientId, clientKey, assertionAudience, issuer, tokenUrl }, now) =>
    async (_server, _client, body) => {
      const key = JSON.parse(clientKey?.reveal() ?? 'null') as JWK | null;
      if (!key?.alg) throw new Fault('internal', 'the credential has no key');
      const id = clientId.reveal();
      const issuedAt = Math.floor(now / 1_000);
      const assertion = await new SignJWT({ jti: randomUUID() })
        .setProtectedHeader({ alg: key.alg, kid: key.kid })
        .setIssuer(id)
        .setSubject(id)
        .setAudience(assertionAudience === 'issuer' && issuer !== null ? issuer : tokenUrl)
        .setIssuedAt(issuedAt)
        .setNotBefore(issuedAt - LEEWAY_SECONDS)
        .setExpirationTime(issuedAt + LIFE_SECONDS)
        .sign(key);
      body.set('client_id', id);
      body.set('client_assertion_type', ASSERTION_TYPE);
      body.set('client_assertion', assertion);
    },
};

/** A new key for `private_key_jwt`: the public JWK, and the private one as JSON. `kid` is the thumbprint (RFC 7638). RSA keys have 2,048 bits. */
export async function makeClientKey(algorithm: AssertionAlgorithm): Promise<{ privateJwk: Secret; publicJwk: PublicJwk }> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  const publicJwk = (await exportJWK(publicKey)) as PublicJwk;
  const described = { kid: await calculateJwkThumbprint(publicJwk), alg: algorithm, use: 'sig' };
  return { privateJwk: new Secret(JSON.stringify({ ...(await exportJWK(privateKey)), ...described })), publicJwk: { ...publicJwk, ...described } };
}
