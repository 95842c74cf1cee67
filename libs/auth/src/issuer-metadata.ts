import { decodedBody } from './decoded-body.js';
import { readJsonObject } from './json-object.js';
import type { TokenHttpResponse } from './token-response.js';

/** The URLs of an issuer's metadata, the likelier first: RFC 8414 §3.1, and OpenID Connect Discovery 1.0 §4. */
export function metadataUrls(issuer: string): string[] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  return [`${origin}/.well-known/oauth-authorization-server${path}`, `${origin}${path}/.well-known/openid-configuration`];
}

/** `issuer`: as the authorization server writes it, which is the audience that it expects in an assertion. */
export interface TokenEndpoint {
  readonly url: string;
  readonly issuer: string;
}

/**
 * The token endpoint in an issuer's metadata. If the client presents a certificate, the endpoint for that is preferred (RFC 8705 §5). null = there is
 * none, or the metadata is another issuer's (RFC 8414 §3.3, but a final slash is ignored). Never throws.
 */
export function readTokenEndpoint(issuer: string, { status, headers, body }: TokenHttpResponse, showsCertificate: boolean): TokenEndpoint | null {
  const decoded = decodedBody(body, headers['content-encoding']);
  const metadata = status === 200 && typeof decoded !== 'string' ? readJsonObject(decoded) : null;
  const aliases = showsCertificate ? metadata?.mtls_endpoint_aliases : undefined;
  const alias = typeof aliases === 'object' && aliases !== null && 'token_endpoint' in aliases ? aliases.token_endpoint : undefined;
  const endpoint = alias ?? metadata?.token_endpoint;
  const said = metadata?.issuer;
  const isIts = typeof said === 'string' && withoutSlash(said) === withoutSlash(issuer);
  return isIts && typeof endpoint === 'string' && URL.canParse(endpoint) ? { url: endpoint, issuer: said } : null;
}

const withoutSlash = (issuer: string): string => issuer.replace(/\/$/, '');
