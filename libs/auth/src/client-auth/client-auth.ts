import type { Credential } from '@nuncio/contracts';
import type { Secret } from '@nuncio/sealing';
import type { ClientAuth } from 'oauth4webapi';

type Plain = 'issuer' | 'authMethod' | 'basicEncoding' | 'assertionAudience' | 'assumeBearer' | 'scope' | 'audience' | 'resource' | 'params';

/** A credential with its secrets opened, for the moment of one token request. */
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
  /** As in the "OAuth Token Endpoint Authentication Methods" registry of IANA. */
  readonly name: string;
  /** Whether a credential of this method needs a client secret. */
  readonly usesClientSecret: boolean;
  /** Whether it signs with a key, which is made when a credential takes this method. */
  readonly usesClientKey: boolean;
  /** Whether the connection of the request has to show the client's certificate. */
  readonly usesClientCertificate: boolean;
  /** Puts the client's proof into the request's body or headers. `now`: epoch milliseconds. */
  authenticate(client: OAuthClient, now: number): ClientAuth;
}
