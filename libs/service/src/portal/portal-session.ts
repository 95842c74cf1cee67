import { createPrivateKey, createPublicKey, hash, type KeyObject } from 'node:crypto';
import { Fault, type Principal } from '@nuncio/contracts';
import type { KeyRing } from '@nuncio/sealing';
import { errors, jwtVerify, SignJWT, type JWTHeaderParameters } from 'jose';
import { z } from 'zod';
import type { Principals } from '../auth.guard.js';

/** The beginning of every token, which tells it from an API key and an access token, and lets secret scanners recognise it. No API key has a dot. */
const PREFIX = 'nuncio_portal.';
const TYPE = 'portal+jwt';
const AUDIENCE = 'nuncio-portal';
/** RFC 8410 §7: an Ed25519 private key in PKCS#8 is these bytes and the seed. */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

export const PortalRole = z.enum(['consumer', 'viewer']).describe('consumer: manages; viewer: looks');

/** The claims of a portal token beside the registered ones (RFC 7519 §4.1): who looks at the portal, for which tenant, in which page. */
export const PortalSession = z.object({
  /** The person, by the host page's user id. */
  sub: z.string().min(1),
  tenant: z.string(),
  role: PortalRole,
  groups: z.array(z.string()),
  /** The origin of the page that may show it in a frame; null = it opens the portal by a link, as a page of its own. */
  origin: z.string().nullable(),
  /** How dates and numbers are written; null = as the portal does by itself. */
  locale: z.string().nullable().default(null),
  /** Its id, to end it by. Tokens of a former release have none. */
  jti: z.string().nullable().default(null),
  /** The position of the last change of configuration when it was made: what was ended later includes it. */
  position: z.int().min(0).default(0),
  /** Id of the API key that made it. The session ends with that key. */
  key: z.string(),
  /** Which key of that id: the operator's admin key keeps its id when it is replaced. */
  keyPrint: z.string(),
});
export type PortalSession = z.infer<typeof PortalSession>;

export const looksLikePortalToken = (credentials: string): boolean => credentials.startsWith(PREFIX);

/** Tells API keys of the same id apart without revealing the key. */
export const printOf = (keyHash: string): string => hash('sha256', keyHash, 'base64url').slice(0, 22);

/**
 * Whether a session has no more permissions than the key that makes it. An admin's session may be for any tenant; an owner's for its own; a
 * consumer's for its own, with a subset of its groups, and not as a viewer, who sees all groups.
 */
export const reachesNoFurther = ({ tenant, role, groups }: Pick<PortalSession, 'tenant' | 'role' | 'groups'>, maker: Principal): boolean =>
  maker.role === 'admin' || (maker.role === 'owner' && maker.tenant === tenant) || (maker.role === 'consumer' && maker.tenant === tenant && role === 'consumer' && groups.every((group) => maker.groups.includes(group)));

/** The token of a session: a JWT (RFC 7519) signed by the ring's active key with Ed25519 (RFC 8037). `issuedAt`, `expiresAt`: epoch seconds. */
export async function signPortalSession(ring: KeyRing, { sub, jti, ...claims }: PortalSession, issuedAt: number, expiresAt: number): Promise<string> {
  const seed = ring.keys.get(ring.active);
  if (!seed) throw new Fault('internal', 'The key ring has no active key.');
  const token = new SignJWT(claims).setProtectedHeader({ alg: 'EdDSA', typ: TYPE, kid: ring.active }).setSubject(sub).setAudience(AUDIENCE).setIssuedAt(issuedAt).setExpirationTime(expiresAt);
  if (typeof jti === 'string') token.setJti(jti);
  return PREFIX + (await token.sign(privateHalf(seed)));
}

/** The public half of a key of `PORTAL_KEYS`: base64 of 32 bytes. */
export const publicHalf = (seed: KeyObject): string => Buffer.from(createPublicKey(privateHalf(seed)).export({ format: 'jwk' }).x ?? '', 'base64url').toString('base64');

const privateHalf = (seed: KeyObject): KeyObject => createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, seed.export()]), format: 'der', type: 'pkcs8' });

/** Public keys by id, from the setting `PORTAL_PUBLIC_KEYS`. */
export type PublicKeys = ReadonlyMap<string, KeyObject>;

export const publicKeysOf = ({ keys }: KeyRing): PublicKeys =>
  new Map([...keys].map(([id, bytes]) => [id, createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: bytes.export().toString('base64url') }, format: 'jwk' })]));

/** The caller of a portal token. Throws Fault `unauthenticated` with the reason. */
export async function portalPrincipal(token: string, keys: PublicKeys, principals: Principals): Promise<Principal> {
  const find = ({ kid = '' }: JWTHeaderParameters): KeyObject => {
    const key = keys.get(kid);
    if (!key) throw new errors.JWKSNoMatchingKey();
    return key;
  };
  const { payload } = await jwtVerify(token.slice(PREFIX.length), find, { audience: AUDIENCE, typ: TYPE, algorithms: ['EdDSA'], requiredClaims: ['exp', 'iat', 'sub'] }).catch((error: unknown) => {
    throw error instanceof errors.JOSEError ? new Fault('unauthenticated', `The portal session is not accepted: ${error.message}.`) : error;
  });
  const session = PortalSession.parse(payload);
  const keyHash = await principals.hashOf(session.key);
  const maker = keyHash !== null && printOf(keyHash) === session.keyPrint ? await principals.find(keyHash) : null;
  if (!maker || !reachesNoFurther(session, maker)) throw new Fault('unauthenticated', 'The portal session has ended with the API key that made it.');
  if (!(await principals.hasTenant(session.tenant))) throw new Fault('unauthenticated', 'The tenant of the portal session does not exist here.');
  const { jti, sub: subject, tenant, key, position } = session;
  if (await principals.hasEnded({ session: jti, tenant, subject, key, position })) throw new Fault('unauthenticated', 'The portal session was ended.');
  // The id is also used in headers and as the source of events, so it must be a URI.
  return { id: `portal:${encodeURIComponent(session.sub.toWellFormed())}`, role: session.role, tenant: session.tenant, groups: session.groups, madeBy: session.key, ...(jti !== null && { session: jti }) };
}
