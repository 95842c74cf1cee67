import { essenceOf, isMediaType, type ErrorClass, type TokenError } from '@nuncio/contracts';
import { retryAfterMs } from '@nuncio/retry';
import { Secret, withoutSecrets } from '@nuncio/sealing';
import { isRegisteredCode } from './advice.js';
import { decodedBody } from './decoded-body.js';
import { readJsonObject } from './json-object.js';

/** A token endpoint's answer. Header names are in lower case. `body` is complete; the sender has limited its size. */
export interface TokenHttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** `expiresInSeconds`: 0 to 86,400; null = the server did not say. `scope`: as granted; null = absent, or not fit to be shown. */
export interface GrantedToken {
  readonly ok: true;
  readonly accessToken: Secret;
  readonly expiresInSeconds: number | null;
  readonly scope: string | null;
}

/** `retryAfterMs`: how long the server asked to wait; null = it did not. */
export interface RefusedToken {
  readonly ok: false;
  readonly tokenError: TokenError;
  readonly retryAfterMs: number | null;
}

export type TokenResponse = GrantedToken | RefusedToken;

const MAX_TOKEN_CHARS = 16_384;
const MAX_LIFE_SECONDS = 86_400;
/** RFC 6749 appendix A.12, `access-token`, without the space. Salesforce and eBay use more characters than RFC 6750's b64token. */
const ACCESS_TOKEN = /^[\x21-\x7e]+$/;
/** RFC 6749 §5.2, the characters of `error`. */
const ERROR_CODE = /^[\x20-\x21\x23-\x5b\x5d-\x7e]{1,64}$/;
/** RFC 6749 §3.3, up to a length that can be shown. */
const SCOPE = /^[\x20-\x21\x23-\x5b\x5d-\x7e]{1,1024}$/;
/** A `token_type` that can be shown; eBay's has spaces, although RFC 6749 appendix A.13 has none. */
const TOKEN_TYPE = /^(?=.{1,64}$)[\w.-]+(?: [\w.-]+)*$/;

/**
 * Options for reading an answer. `hide` removes the secrets that were sent from the server's text; it returns null if the text cannot be shown
 * at all.
 */
interface Reading {
  readonly assumeBearer: boolean;
  /** Epoch milliseconds; `Retry-After` is counted from it. */
  readonly now: number;
  readonly hide?: (text: string) => string | null;
}

/** Reads an answer strictly (RFC 6749 §5). Never throws. */
export function readTokenResponse(response: TokenHttpResponse, { assumeBearer, now, hide = String }: Reading): TokenResponse {
  const { status, headers } = response;
  const body = decodedBody(response.body, headers['content-encoding']);
  const json = typeof body === 'string' ? null : readJsonObject(body);
  // Tokens in the answer must not appear in its description either.
  const handedOut = json ? TOKENS.flatMap((name) => (typeof json[name] === 'string' ? json[name] : [])) : [];
  const hideAll = (text: string): string | null => {
    const hidden = hide(text);
    return hidden === null ? null : withoutSecrets(hidden, handedOut);
  };
  const shown = (text: unknown, allowed: RegExp): string | null => (typeof text === 'string' && allowed.test(text) && hideAll(text) === text ? text : null);
  const codeOf = (error: unknown): string | null => (typeof error === 'string' && isRegisteredCode(error) ? error : shown(error, ERROR_CODE));
  const refused = (errorClass: Exclude<ErrorClass, 'token'>, ours?: string): RefusedToken => {
    const description = descriptionOf(saidBy(json), hideAll) ?? ours ?? (json ? undefined : noJson(headers['content-type']));
    return {
      ok: false,
      tokenError: { class: errorClass, httpStatus: status, code: codeOf(json?.error), ...(description !== undefined && { description }) },
      retryAfterMs: status === 429 || status === 503 ? retryAfterMs(headers['retry-after'], now) : null,
    };
  };
  if (status >= 300 && status < 400) return refused('redirect');
  if (status >= 400) return refused('http');
  if (body === 'too_large') return refused('too_large');
  if (status !== 200 || !json) return refused('invalid_response');
  if (Object.hasOwn(json, 'error')) return refused('invalid_response', 'the answer has status 200, but also the member error');

  const { access_token: token, token_type: type, expires_in: expiresIn, scope } = json;
  if (typeof token !== 'string' || token.length > MAX_TOKEN_CHARS || !ACCESS_TOKEN.test(token))
    return refused('invalid_response', `access_token is ${token === undefined ? 'missing' : 'no text of 1 to 16,384 visible ASCII characters'}`);
  if (!assumeBearer && !(typeof type === 'string' && type.toLowerCase() === 'bearer'))
    return refused('invalid_response', `token_type is ${shown(type, TOKEN_TYPE) ?? (type === undefined ? 'missing' : 'not readable')}, not Bearer; ${isOfProof(type) ? 'the server binds its tokens to a proof that Nuncio does not send, so ask its operator for bearer tokens' : 'where it means a bearer token, set assumeBearer on the credential'}`);
  const expiresInSeconds = expiresIn === undefined ? null : readSeconds(expiresIn);
  if (expiresInSeconds === 'unreadable') return refused('invalid_response', 'expires_in is no number of seconds');
  return { ok: true, accessToken: new Secret(token), expiresInSeconds, scope: shown(scope, SCOPE) };
}

/** Token types that are used with a proof of possession (RFC 9449 §5). An endpoint takes no such token as a bearer token. */
const isOfProof = (type: unknown): boolean => typeof type === 'string' && /^(?:dpop|mac|pop)$/i.test(type);

/** RFC 6749 §5.1, OpenID Connect Core §3.1.3.3. */
const TOKENS = ['access_token', 'refresh_token', 'id_token'];
const LONGEST_DESCRIPTION = 200;

/**
 * What the server says of its error: RFC 6749's member, or one that other servers have instead. Okta has `errorSummary`, Apigee `Error` or
 * `fault.faultstring`, gateways `message`, Google an object as `error`, RFC 9457 `detail`.
 */
function saidBy(json: Record<string, unknown> | null): unknown {
  if (json?.access_token !== undefined) return json.error_description;
  const said = [json, json?.error, json?.fault].flatMap((from) => (isObject(from) ? DESCRIPTIONS.map((name) => (Object.hasOwn(from, name) ? from[name] : undefined)) : []));
  return said.find((text) => typeof text === 'string' && text.trim() !== '');
}

const DESCRIPTIONS = ['error_description', 'errorSummary', 'Error', 'faultstring', 'message', 'detail'];

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** A server's text, on one line. */
function descriptionOf(said: unknown, hide: (text: string) => string | null): string | undefined {
  if (typeof said !== 'string') return undefined;
  const line = hide(said.toWellFormed())?.replaceAll(/[\p{C}\p{Z}]+/gu, ' ').trim();
  return line ? Array.from(line).slice(0, LONGEST_DESCRIPTION).join('') : undefined;
}

/** Names an answer that is no JSON object by its media type: HTML comes from a proxy or a login page. */
function noJson(contentType: string | string[] | undefined): string {
  const essence = typeof contentType === 'string' && isMediaType(contentType) ? essenceOf(contentType) : '';
  return essence && !essence.endsWith('json') ? `the answer is ${essence.slice(0, 64)}, not JSON` : 'the answer is no JSON object';
}

/** A number, or a text of digits; null counts as 0. Fractions are cut off, more than a day counts as a day, -0 as 0. */
function readSeconds(given: unknown): number | 'unreadable' {
  const seconds = typeof given === 'string' && /^\d+$/.test(given) ? Number(given) : (given ?? 0);
  return typeof seconds === 'number' && seconds >= 0 ? Math.min(Math.floor(Math.abs(seconds)), MAX_LIFE_SECONDS) : 'unreadable';
}
