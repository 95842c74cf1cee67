import type { TokenError } from '@nuncio/contracts';
import { z } from 'zod';

const CHECK_CLIENT = 'check client id and secret, and whether the server expects authMethod client_secret_post or basicEncoding raw';

/** The advice for each code of RFC 6749 §5.2 and RFC 8707 §2. */
const BY_CODE = {
  invalid_client: CHECK_CLIENT,
  unauthorized_client: 'ask its operator to allow this client the grant client_credentials',
  unsupported_grant_type: 'ask its operator to enable the grant client_credentials',
  invalid_scope: 'ask its operator which scopes this client may request',
  invalid_target: 'check audience and resource',
  invalid_request: 'check scope, audience, resource and params: the server misses or rejects one of them',
  invalid_grant: 'check client id and secret',
  access_denied: 'ask its operator why this client is denied a token',
} as const;

const isKnown = (code: string): code is keyof typeof BY_CODE => Object.hasOwn(BY_CODE, code);

/**
 * Whether the code is a word of the protocol. Such a code is never hidden as a secret, even if a client has the id
 * `client`.
 */
export const isRegisteredCode = (code: string): boolean => isKnown(code);

const BY_CLASS: Readonly<Record<Exclude<TokenError['class'], 'http'>, string>> = {
  dns: 'The host name of the token URL does not resolve: check its spelling.',
  connect: 'The authorization server cannot be reached, or closes the connection: check host and port, and that the server is up.',
  tls: 'The TLS connection to the authorization server failed: check its certificate, its name and its chain.',
  timeout: 'The authorization server did not answer within 10 seconds: ask its operator.',
  redirect: 'The token URL answers with a redirect, which Nuncio never follows: use the address that it leads to.',
  blocked_address: 'The token URL leads to an address that this installation may not call: ask its operator to add it to EGRESS_ALLOW.',
  too_large: 'The answer of the token URL is too large to be a token: check that this is the token endpoint.',
  invalid_response: 'The answer of the token URL is no bearer token response: check that this is the token endpoint, and ask its operator.',
  internal: 'This is a fault of Nuncio, not of the authorization server: try again, or tell the operator.',
};

const namesOf = <T extends object>(table: T): (keyof T & string)[] => Object.keys(table) as (keyof T & string)[];

/** Stable codes of the advice, for those who translate it. Its values are in `tokenError`. */
export const TokenAdviceCode = z.enum([
  ...namesOf(BY_CODE).map((code) => `token.${code}` as const),
  ...namesOf(BY_CLASS).map((errorClass) => `token.${errorClass}` as const),
  'token.client_refused',
  'token.unknown_code',
  'token.wrong_url',
  'token.too_many_requests',
  'token.server_failed',
  'token.http',
]);

/** A sentence, and its stable code. */
interface TokenAdvice {
  readonly code: z.infer<typeof TokenAdviceCode>;
  readonly sentence: string;
}

/** Classes whose description says what went wrong with the connection or the answer. */
const DESCRIBED: ReadonlySet<TokenError['class']> = new Set(['connect', 'tls', 'timeout', 'invalid_response']);

/** The advice for a failed token request: one sentence, and for a failed connection or an unreadable answer also what is wrong with it. */
export function advise({ class: errorClass, httpStatus, code, description }: TokenError): TokenAdvice {
  const answers = `The server answers ${httpStatus ?? 'an error'}${code === null ? '' : ` ${code}`}`;
  // Keycloak says unauthorized_client of a wrong secret: a 401 means id or secret, whatever the code.
  if (httpStatus === 401) return { code: 'token.client_refused', sentence: `${answers}: ${CHECK_CLIENT}.` };
  if (code !== null && isKnown(code)) return { code: `token.${code}`, sentence: `The server says ${code}: ${BY_CODE[code]}.` };
  const unknown = code === null ? null : ({ code: 'token.unknown_code', sentence: `The server says ${code}: ask its operator what this code means.` } as const);
  if (errorClass !== 'http') {
    if (unknown) return unknown;
    const wrong = DESCRIBED.has(errorClass) && description !== undefined ? ` What is wrong: ${description}.` : '';
    return { code: `token.${errorClass}`, sentence: BY_CLASS[errorClass] + wrong };
  }
  if (httpStatus === 404 || httpStatus === 405) return { code: 'token.wrong_url', sentence: `${answers}: check the token URL.` };
  if (httpStatus === 429) return { code: 'token.too_many_requests', sentence: `${answers}: Nuncio asked too often, and now waits as long as the server said.` };
  if (httpStatus !== null && httpStatus >= 500) return { code: 'token.server_failed', sentence: `${answers}: the server has failed; Nuncio asks again by itself.` };
  if (unknown) return unknown;
  if (httpStatus === 403) return { code: 'token.client_refused', sentence: `${answers}: ${CHECK_CLIENT}.` };
  return { code: 'token.http', sentence: `${answers}: ask its operator why.` };
}

/** The sentence alone. */
export const advice = (error: TokenError): string => advise(error).sentence;
