import { advice, type TokenResponse } from '@nuncio/auth';
import type { Credential, Reply, TokenError, TokenEvent } from '@nuncio/contracts';
import type { Ask } from './ask.js';
import { failureOf, type Fetch, type Known } from './token-life.js';

/** The answer of an authorization server, when it was received (epoch milliseconds), and how long it took. */
export interface Fetched {
  readonly response: TokenResponse;
  readonly at: number;
  readonly durationMs: number;
}

/** The fact for the log. `lifeSeconds`: the life of a token without `expires_in`. */
export function eventOf(ask: Ask, { tenant }: Credential, fetch: Fetch, { response, at, durationMs }: Fetched, known: Known, lifeSeconds: number): TokenEvent {
  const { version, generation } = fetch;
  const fact = { credential: ask.credential, tenant, position: version, generation, at, reason: ask.reason, durationMs };
  if (!response.ok) return { event: 'failed', ...fact, tokenError: response.tokenError, pausedUntil: failureOf(fetch, response, known, at).until };
  return { event: 'fetched', ...fact, expiresAt: at + (response.expiresInSeconds ?? lifeSeconds) * 1_000, scope: response.scope };
}

/** The reply to a test. */
export function replyOf(correlation: string, response: TokenResponse): Reply {
  if (!response.ok) return refusal(correlation, response.tokenError);
  return { of: 'token-test', correlation, ok: true, expiresInSeconds: response.expiresInSeconds, scope: response.scope, tokenError: null, advice: null };
}

/** The reply to a test if a failure of our own prevented the request. */
export const unavailable = (correlation: string): Reply => refusal(correlation, { class: 'internal', httpStatus: null, code: null });

const refusal = (correlation: string, tokenError: TokenError): Reply => ({
  of: 'token-test',
  correlation,
  ok: false,
  expiresInSeconds: null,
  scope: null,
  tokenError,
  advice: advice(tokenError),
});
