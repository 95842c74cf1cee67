import type { ErrorClass, TokenError } from '@nuncio/contracts';
import { retryAfterMs } from '@nuncio/retry';
import { Secret } from '@nuncio/sealing';
import { readJsonObject } from './json-object.js';

/** What a token endpoint sent. Header names are lower-case; `body` is whole, the cap on its size was the sender's business. */
export interface TokenHttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** `expiresInSeconds`: 0 to 86,400; null = the server did not say. `scope`: as granted, null = not said, or not fit to be shown. */
export interface GrantedToken {
  readonly ok: true;
  readonly accessToken: Secret;
  readonly expiresInSeconds: number | null;
  readonly scope: string | null;
}

/** `retryAfterMs`: what the server asked us to wait, if it did. */
export interface RefusedToken {
  readonly ok: false;
  readonly tokenError: TokenError;
  readonly retryAfterMs: number | null;
}

export type TokenResponse = GrantedToken | RefusedToken;

const MAX_TOKEN_CHARS = 16_384;
const MAX_LIFE_SECONDS = 86_400;
/** RFC 6750 §2.1. */
const B64TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;
/** RFC 6749 §5.2, the characters of `error`. */
const ERROR_CODE = /^[\x20-\x21\x23-\x5b\x5d-\x7e]{1,64}$/;
/** RFC 6749 §3.3, and a length that can be shown. */
const SCOPE = /^[\x20-\x21\x23-\x5b\x5d-\x7e]{1,1024}$/;

/** Reads an answer strictly (RFC 6749 §5). `now` in epoch milliseconds dates a `Retry-After`. Never throws. */
export function readTokenResponse({ status, headers, body }: TokenHttpResponse, assumeBearer: boolean, now: number): TokenResponse {
  const json = readJsonObject(body);
  const refused = (errorClass: Exclude<ErrorClass, 'token'>): RefusedToken => ({
    ok: false,
    tokenError: { class: errorClass, httpStatus: status, code: errorCode(json) },
    retryAfterMs: status === 429 || status === 503 ? retryAfterMs(headers['retry-after'], now) : null,
  });
  if (status >= 300 && status < 400) return refused('redirect');
  if (status >= 400) return refused('http');
  if (status !== 200 || !json || isEncoded(headers) || Object.hasOwn(json, 'error')) return refused('invalid_response');

  const { access_token: token, token_type: type, expires_in: expiresIn, scope } = json;
  if (typeof token !== 'string' || token.length > MAX_TOKEN_CHARS || !B64TOKEN.test(token)) return refused('invalid_response');
  if (!assumeBearer && !(typeof type === 'string' && type.toLowerCase() === 'bearer')) return refused('invalid_response');
  const expiresInSeconds = expiresIn === undefined ? null : readSeconds(expiresIn);
  if (expiresInSeconds === 'unreadable') return refused('invalid_response');
  return { ok: true, accessToken: new Secret(token), expiresInSeconds, scope: typeof scope === 'string' && SCOPE.test(scope) ? scope : null };
}

/** A number, or the text of one in digits; null counts as 0. A fraction is cut off, more than a day is a day, -0 is 0. */
function readSeconds(given: unknown): number | 'unreadable' {
  const seconds = typeof given === 'string' && /^\d+$/.test(given) ? Number(given) : (given ?? 0);
  return typeof seconds === 'number' && seconds >= 0 ? Math.min(Math.floor(Math.abs(seconds)), MAX_LIFE_SECONDS) : 'unreadable';
}

const errorCode = (json: Record<string, unknown> | null): string | null => (typeof json?.error === 'string' && ERROR_CODE.test(json.error) ? json.error : null);

/** We ask for no encoding, and decode none: a bomb stays shut. */
const isEncoded = (headers: TokenHttpResponse['headers']): boolean => !['', 'identity'].includes(String(headers['content-encoding'] ?? '').toLowerCase());
