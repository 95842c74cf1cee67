import { Logger } from '@nestjs/common';
import { Fault, isFault } from '@nuncio/contracts';
import { looksLikeJwt } from '@nuncio/service';
import * as openid from 'openid-client';
import { z } from 'zod';
import type { Config } from '../config.js';

/** Injection token of `OidcSignIn`; null = people sign in with an API key. */
export const OIDC = Symbol('OidcSignIn');

/** The data kept in the browser while the user is at the authorization server. */
export const Transaction = z.object({ state: z.string(), nonce: z.string(), verifier: z.string(), to: z.string() });
export type Transaction = z.infer<typeof Transaction>;

export interface Tokens {
  readonly accessToken: string;
  readonly idToken: string | null;
  readonly refreshToken: string | null;
}

const ANSWER_WITHIN_SECONDS = 5;

/** Signs in at the issuer whose access tokens the API accepts, by the authorization code flow with PKCE (OIDC Core §3.1, RFC 7636). */
export class OidcSignIn {
  readonly #logger = new Logger('OidcSignIn');
  #server: Promise<openid.Configuration> | null = null;

  private constructor(
    /** The text of the button. */
    readonly name: string,
    private readonly issuer: URL,
    private readonly publicUrl: string,
    private readonly config: Config,
  ) {}

  static of(config: Config): OidcSignIn | null {
    const { OIDC_CLIENT_ID, OIDC_ISSUER, OIDC_NAME, PUBLIC_URL } = config;
    if (OIDC_CLIENT_ID === undefined || OIDC_ISSUER === undefined || PUBLIC_URL === undefined) return null;
    const issuer = new URL(OIDC_ISSUER);
    return new OidcSignIn(OIDC_NAME ?? issuer.host, issuer, PUBLIC_URL, config);
  }

  /**
   * The URL to send the browser to, and the data to keep until it returns. `to`: the page of the console to open afterwards. Throws Fault
   * `unavailable`.
   */
  async begin(to: string): Promise<{ url: string; transaction: Transaction }> {
    const transaction = { state: openid.randomState(), nonce: openid.randomNonce(), verifier: openid.randomPKCECodeVerifier(), to };
    const challenge = await openid.calculatePKCECodeChallenge(transaction.verifier);
    const url = await this.#ask((server) =>
      openid.buildAuthorizationUrl(server, {
        ...this.config.OIDC_SIGN_IN_PARAMS,
        redirect_uri: `${this.publicUrl}/auth/callback`,
        state: transaction.state,
        nonce: transaction.nonce,
        code_challenge: challenge,
        code_challenge_method: 'S256',
      }),
    );
    return { url: url.href, transaction };
  }

  /**
   * Exchanges the code in this path and query for tokens. Throws Fault `unauthenticated` if the server gives none, `unavailable`, and `invalid` if
   * the API cannot read the access token.
   */
  async finish(pathAndQuery: string, { state, nonce, verifier }: Transaction): Promise<Tokens> {
    const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true };
    return tokensOf(await this.#ask((server) => openid.authorizationCodeGrant(server, new URL(pathAndQuery, this.publicUrl), checks)));
  }

  /** New tokens for a refresh token. Throws as `finish` does. */
  async renew(refreshToken: string): Promise<Tokens> {
    return tokensOf(await this.#ask((server) => openid.refreshTokenGrant(server, refreshToken)));
  }

  /**
   * Revokes the refresh token (RFC 7009), and returns the URL at which the browser also ends its session at the authorization server (OIDC
   * RP-Initiated Logout §2); null = the server has none.
   */
  async end(idToken: string, refreshToken: string | null): Promise<string | null> {
    try {
      return await this.#ask(async (server) => {
        const { revocation_endpoint: revocation, end_session_endpoint: end } = server.serverMetadata();
        if (refreshToken !== null && revocation !== undefined) await openid.tokenRevocation(server, refreshToken);
        if (end === undefined) return null;
        return openid.buildEndSessionUrl(server, { id_token_hint: idToken, post_logout_redirect_uri: `${this.publicUrl}/console/login` }).href;
      });
    } catch (error) {
      if (isFault(error)) return null;
      throw error;
    }
  }

  /** Discovers the server on first use. After a failure the next call tries again. */
  async #ask<T>(question: (server: openid.Configuration) => T | Promise<T>): Promise<T> {
    try {
      this.#server ??= this.#discover();
      return await question(await this.#server);
    } catch (error) {
      throw this.#faultOf(error);
    }
  }

  async #discover(): Promise<openid.Configuration> {
    const { OIDC_CLIENT_ID = '', OIDC_CLIENT_SECRET } = this.config;
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so that it is seen: the operator has named an issuer at http
    const options = { timeout: ANSWER_WITHIN_SECONDS, execute: this.issuer.protocol === 'http:' ? [openid.allowInsecureRequests] : [] };
    try {
      return await openid.discovery(this.issuer, OIDC_CLIENT_ID, undefined, authenticationWith(OIDC_CLIENT_SECRET?.reveal()), options);
    } catch (error) {
      this.#server = null;
      throw error;
    }
  }

  #faultOf(error: unknown): Fault {
    if (error instanceof openid.AuthorizationResponseError) return new Fault('unauthenticated', `${this.name} has not signed you in: ${error.error_description ?? error.error}.`);
    this.#logger.warn(`${this.issuer.href}: ${String(error)}`, { cause: error instanceof Error ? String(error.cause) : undefined });
    if (error instanceof openid.ResponseBodyError) return new Fault('unauthenticated', `${this.name} gives no token: ${error.error_description ?? error.error}.`);
    if (error instanceof openid.ClientError && error.code !== 'OAUTH_TIMEOUT') return new Fault('unauthenticated', `The answer of ${this.name} is not accepted: ${error.message}.`);
    return new Fault('unavailable', `${this.name} does not answer; try again in a moment.`, { retriable: true });
  }
}

/** Authenticates the client as the server's metadata says: in the header, the default (RFC 6749 §2.3.1), or else in the body. */
const authenticationWith =
  (secret: string | undefined): openid.ClientAuth =>
  (server, client, body, headers) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    const way = secret === undefined ? openid.None() : methods.includes('client_secret_basic') ? openid.ClientSecretBasic(secret) : openid.ClientSecretPost(secret);
    way(server, client, body, headers);
  };

function tokensOf({ access_token: accessToken, id_token: idToken, refresh_token: refreshToken }: openid.TokenEndpointResponse): Tokens {
  if (!looksLikeJwt(accessToken)) throw new Fault('invalid', 'The access token is no JWT for this API. OIDC_SIGN_IN_PARAMS may have to name the API, by resource, audience or one of its scopes.');
  return { accessToken, idToken: idToken ?? null, refreshToken: refreshToken ?? null };
}
