import { Fault, type Principal } from '@nuncio/contracts';
import { errors, jwtVerify } from 'jose';
import { principalOf } from './claims.js';
import { Jwks } from './jwks.js';
import type { OidcEnv } from './oidc-env.js';

/** Signatures with a private key (RFC 7518 §3.1, RFC 8037 §3.1). Not `none`, and no HMAC: whoever can verify it could also sign. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'];

/** JWS compact serialization (RFC 7515 §7.1), whose header is JSON. */
export const looksLikeJwt = (credentials: string): boolean => /^eyJ[\w-]*\.[\w-]+\.[\w-]+$/.test(credentials);

export class OidcTokens {
  readonly #jwks: Jwks;

  private constructor(
    private readonly issuer: string,
    private readonly audience: string,
    jwksUrl: string,
    private readonly settings: OidcEnv,
  ) {
    this.#jwks = new Jwks(jwksUrl);
  }

  /** null = the operator accepts no tokens. */
  static of(settings: OidcEnv): OidcTokens | null {
    const { OIDC_ISSUER, OIDC_AUDIENCE, OIDC_JWKS_URL } = settings;
    return OIDC_ISSUER && OIDC_AUDIENCE && OIDC_JWKS_URL ? new OidcTokens(OIDC_ISSUER, OIDC_AUDIENCE, OIDC_JWKS_URL, settings) : null;
  }

  /** Throws Fault `unauthenticated` with the reason, and the faults of `principalOf` and `Jwks`. */
  async principalOf(token: string): Promise<Principal> {
    const { issuer, audience } = this;
    const { payload } = await jwtVerify(token, this.#jwks.key, { issuer, audience, algorithms: ALGORITHMS, requiredClaims: ['exp', 'sub'] }).catch((error: unknown) => {
      throw error instanceof errors.JOSEError ? new Fault('unauthenticated', `The token is not accepted: ${error.message}.`) : error;
    });
    const { sub, exp = 0 } = payload;
    if (typeof sub !== 'string' || !sub) throw new Fault('unauthenticated', 'The token has no subject.');
    return { ...principalOf({ ...payload, sub }, this.settings), until: exp * 1_000 };
  }
}
