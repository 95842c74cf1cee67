import { z } from 'zod';
import { keyed } from '../keying.js';
import { Millis, Sealed, SealedForDispatchers } from '../schema.js';

/** How a client assertion is signed (RFC 7518 §3.1, RFC 8037 §3.1); the first is the default. */
export const AssertionAlgorithm = z.enum(['ES256', 'RS256', 'PS256', 'EdDSA']);
export type AssertionAlgorithm = z.infer<typeof AssertionAlgorithm>;

/** The public half of a client's key (RFC 7517): `kid`, `alg`, `use: "sig"` and the members of its `kty`. */
export const PublicJwk = z.record(z.string(), z.string());
export type PublicJwk = z.infer<typeof PublicJwk>;

/** An OAuth 2.0 client at an authorization server (RFC 6749 §4.4), shared by any number of callbacks. Its version is the position of its last change. */
export const Credential = z.object({
  id: z.string(),
  tenant: z.string(),
  groups: z.array(z.string()),
  name: z.string(),
  tokenUrl: z.string().nullable().describe('The URL of the token endpoint; null = from the metadata of the issuer').meta({ examples: ['https://id.acme.com/token'] }),
  issuer: z.string().nullable().describe('The authorization server whose metadata (RFC 8414) has the token endpoint; null = `tokenUrl` is given'),
  authMethod: z.string().describe('How the client authenticates').meta({ examples: ['client_secret_basic'] }),
  basicEncoding: z.enum(['rfc6749', 'raw']).describe('Only for client_secret_basic: form-encoded as in RFC 6749 §2.3.1, or raw for servers that do not decode'),
  assertionAudience: z.enum(['token-url', 'issuer']).default('token-url').describe('The audience in a client assertion: the token URL, or the issuer'),
  assertionAlgorithm: AssertionAlgorithm.default('ES256').describe('The algorithm of client assertions'),
  assumeBearer: z.boolean().describe('Whether an answer without token_type counts as a bearer token'),
  clientId: Sealed,
  clientSecret: Sealed.nullable(),
  clientSecretExpiresAt: z.string().nullable().describe('When the client secret expires (`client_secret_expires_at` of RFC 7591 §3.2.1), RFC 3339; null = never, or not given').optional(),
  clientKey: z.object({ privateJwk: Sealed, publicJwk: PublicJwk }).nullable().default(null).describe('Generated if the method signs with a key; the private half is a JWK too'),
  /**
   * The certificate that the client presents in TLS (RFC 8705): JSON of certificate and private key, sealed for token requests; and, if deliveries
   * present it too, sealed for dispatchers.
   */
  clientCertificate: z
    .object({ sealed: Sealed, sealedForDelivery: SealedForDispatchers.nullable(), subject: z.string(), notAfter: z.string(), sha256: z.string() })
    .nullable()
    .default(null),
  certificateForDelivery: z.boolean().default(false).describe('Whether deliveries present the client certificate in TLS too'),
  scope: z.string().nullable(),
  audience: z.string().nullable().describe('Sent as `audience`; null = not sent'),
  resource: z.union([z.string(), z.array(z.string())]).nullable().describe('RFC 8707 §2: one, or several'),
  params: z.record(z.string(), z.string()).describe('Further parameters of the token request, by name').meta({ examples: [{}] }),
  headers: z.record(z.string(), Sealed),
  /** When each secret was set, by field: `clientSecret`, `headers.<name>`. Fields from before this was recorded are absent. */
  secretsAt: z.record(z.string(), Millis).optional(),
  ...keyed,
});
export type Credential = z.infer<typeof Credential>;
