import type { Credential } from '@nuncio/contracts';
import type { Secret } from '@nuncio/sealing';
import type { ClientAuth } from 'oauth4webapi';

type Plain = 'issuer' | 'authMethod' | 'basicEncoding' | 'assertionAudience' | 'assumeBearer' | 'scope' | 'audience' | 'resource' | 'params';

/** A credential with its secrets opened, for one token request. */
export interface OAuthClient extends Pick<Credential, Plain> {
  readonly tokenUrl: string;
  readonly clientId: Secret;
  readonly clientSecret: Secret | null;
  /** A private JWK as JSON. */
  readonly clientKey: Secret | null;
  /** Extra headers of the token request. */
  readonly headers: Readonly<Record<string, Secret>>;
}

/** A way of authenticating to a token endpoint (RFC 6749 §2.3 and its extensions). */
export interface ClientAuthMethod {
  /** A name from IANA's registry "OAuth Token Endpoint Authentication Methods". */
  readonly name: string;
  /** Whether a credential of this method needs a client secret. */
  readonly usesClientSecret: boolean;
  /** Whether it signs with a key, which is generated when a credential begins to use this method. */
  readonly usesClientKey: boolean;
  /** Whether the connection must present the client's certificate. */
  readonly usesClientCertificate: boolean;
  /** Adds the client's proof to the request's body or headers. `now`: epoch milliseconds. */
  authenticate(client: OAuthClient, now: number): ClientAuth;
}
