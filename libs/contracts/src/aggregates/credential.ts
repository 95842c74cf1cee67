import { z } from 'zod';
import { keyed } from '../keying.js';
import { Sealed, SealedForDispatchers } from '../schema.js';

/** How a client assertion is signed (RFC 7518 §3.1, RFC 8037 §3.1); the first is the default. */
export const AssertionAlgorithm = z.enum(['ES256', 'RS256', 'PS256', 'EdDSA']);
export type AssertionAlgorithm = z.infer<typeof AssertionAlgorithm>;

/** The public half of a client's key (RFC 7517): `kid`, `alg`, `use: "sig"` and what its `kty` has. */
export const PublicJwk = z.record(z.string(), z.string());
export type PublicJwk = z.infer<typeof PublicJwk>;

/** An OAuth 2.0 client at an authorization server (RFC 6749 §4.4), shared by any number of callbacks. Its version is the position of its last change. */
export const Credential = z.object({
  id: z.string(),
  tenant: z.string(),
  groups: z.array(z.string()),
  name: z.string(),
  tokenUrl: z.string().nullable(),
  issuer: z.string().nullable(),
  authMethod: z.string(),
  basicEncoding: z.enum(['rfc6749', 'raw']),
  /** What a client assertion names as its audience: the token URL, or the issuer. */
  assertionAudience: z.enum(['token-url', 'issuer']).default('token-url'),
  assertionAlgorithm: AssertionAlgorithm.default('ES256'),
  assumeBearer: z.boolean(),
  clientId: Sealed,
  clientSecret: Sealed.nullable(),
  /** Made here where the method signs; the private half is a JWK too. */
  clientKey: z.object({ privateJwk: Sealed, publicJwk: PublicJwk }).nullable().default(null),
  /** What a client shows in TLS (RFC 8705): JSON of certificate and private key, sealed for token requests, and, where deliveries show it too, for them. */
  clientCertificate: z
    .object({ sealed: Sealed, sealedForDelivery: SealedForDispatchers.nullable(), subject: z.string(), notAfter: z.string(), sha256: z.string() })
    .nullable()
    .default(null),
  certificateForDelivery: z.boolean().default(false),
  scope: z.string().nullable(),
  audience: z.string().nullable(),
  /** RFC 8707 §2: one, or several. */
  resource: z.union([z.string(), z.array(z.string())]).nullable(),
  params: z.record(z.string(), z.string()),
  headers: z.record(z.string(), Sealed),
  ...keyed,
});
export type Credential = z.infer<typeof Credential>;
