import { ClientCertificate, clientAuthMethods } from '@nuncio/auth';
import { AssertionAlgorithm, Credential, IS_SECRET, reference } from '@nuncio/contracts';
import { z } from 'zod';
import { Groups } from '../api-keys/api-key.js';
import { replaceFields, type Aggregate } from '../event-store/index.js';
import { keying } from '../keying/keying.js';
import { Rfc3339 } from '../moment.js';
import { Name } from '../tenants/tenant.js';

export const credential: Aggregate<Credential> = {
  kind: 'credential',
  evolve: replaceFields,
  index: ({ tenant, groups }) => ({ tenant, groups }),
};

const supported = [...clientAuthMethods.keys()];
const [defaultMethod = ''] = supported;

// RFC 6749 §3.3: scope-token = 1*( %x21 / %x23-5B / %x5D-7E ), separated by one space.
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/;
const Scope = z
  .union([z.string(), z.array(z.string())])
  .transform((scope) => (typeof scope === 'string' ? scope : scope.join(' ')).trim().replaceAll(/ +/g, ' ') || null)
  .refine((scope) => scope === null || (scope.length <= 2_000 && SCOPE.test(scope)), 'must be scopes in the characters of RFC 6749 §3.3');

const OURS = new Set(['grant_type', 'scope', 'client_id', 'client_secret', 'client_assertion', 'client_assertion_type']);
const Params = z
  .record(z.string().min(1).max(100), z.string().max(2_000).nullable())
  .refine((params) => !Object.keys(params).some((name) => OURS.has(name)), `must not name ${[...OURS].join(', ')}`);

export const TOO_MUCH = 'must be at most 50, of 16384 bytes together';
export const isTooMuch = (params: Readonly<Record<string, string>>): boolean => Object.keys(params).length > 50 || Buffer.byteLength(JSON.stringify(params)) > 16_384;

const text = z.string().max(2_000);
const SealedText = z.string().max(4_096);
const SecretText = SealedText.meta(IS_SECRET);

const SecretEnd = Rfc3339.transform((text) => new Date(text).toISOString());

const fields = {
  groups: Groups.nullish(),
  tokenUrl: text.nullish().describe('The URL of the token endpoint. Either this or `issuer` is required').meta({ examples: ['https://id.acme.com/token'] }),
  issuer: text.nullish().describe('The authorization server whose metadata (RFC 8414) has the token endpoint'),
  clientId: SealedText.nullish().describe('Sealed, and never shown; null and blank keep the stored value').meta({ examples: ['ledger'] }),
  clientSecret: SecretText.nullish().describe('Sealed, and never shown; null and blank keep the stored value').meta({ examples: ['a-secret-of-yours'] }),
  clientSecretExpiresAt: SecretEnd.nullish().describe('When the client secret expires (`client_secret_expires_at` of RFC 7591 §3.2.1), which the notice `nuncio.credential.expiring` announces; null = never. A new secret without it has none'),
  grantType: z.literal('client_credentials', 'is not supported; client_credentials is').optional().describe('Optional; this is the only value'),
  authMethod: z.enum(supported as [string, ...string[]], `is not supported; ${supported.join(', ')} are`).nullish().describe('How the client authenticates; default: client_secret_basic'),
  basicEncoding: Credential.shape.basicEncoding.nullish(),
  assertionAudience: z.enum(['token-url', 'issuer']).nullish().describe('The audience in a client assertion'),
  assertionAlgorithm: AssertionAlgorithm.nullish().describe('The algorithm of client assertions; default: ES256'),
  clientCertificate: ClientCertificate.nullish().describe('The client certificate for TLS (RFC 8705); sealed. Absent and null keep the stored one'),
  certificateForDelivery: z.boolean().nullish().describe('Whether deliveries present the client certificate in TLS too'),
  assumeBearer: Credential.shape.assumeBearer.nullish(),
  scope: Scope.nullish().describe('A text, or a list of scopes').meta({ examples: ['events:write'] }),
  audience: text.nullish().describe('Sent as `audience`; null = not sent'),
  resource: z.union([text, z.array(text).max(10)]).nullish().describe('RFC 8707 §2: one, or several'),
  params: Params.nullish().describe('Further parameters of the token request, by name; null removes one'),
  headers: z.record(z.string(), z.string().max(8_192).meta(IS_SECRET).nullable()).nullish().describe('Further headers of the token request, sealed. A blank value keeps the stored one, null removes a header'),
  ...keying,
};

export const CreateCredential = z.strictObject({ tenant: reference('tenant').optional(), name: Name, ...fields });
export type CreateCredential = z.infer<typeof CreateCredential>;
export const PatchCredential = z.strictObject({ name: Name.optional(), ...fields });
export type PatchCredential = z.infer<typeof PatchCredential>;

/** The defaults of a new credential. */
export const blankCredential = (id: string, tenant: string, groups: string[], name: string): Omit<Credential, 'clientId'> & { clientId: null } => ({
  id,
  tenant,
  groups,
  name,
  tokenUrl: null,
  issuer: null,
  authMethod: defaultMethod,
  basicEncoding: 'rfc6749',
  assertionAudience: 'token-url',
  assertionAlgorithm: 'ES256',
  assumeBearer: false,
  clientId: null,
  clientSecret: null,
  clientSecretExpiresAt: null,
  clientKey: null,
  clientCertificate: null,
  certificateForDelivery: false,
  scope: null,
  audience: null,
  resource: null,
  params: {},
  headers: {},
  secretsAt: {},
});
