import { describe, expect, it } from '@jest/globals';
import type { TokenEntry, TokenFailure } from '@nuncio/contracts';
import { advice, answerFrom, failurePauseMs, type StoredToken } from './index.js';

const entry: TokenEntry = { generation: 5, version: 100, token: 's1.x', receivedAt: 0, usableUntil: 1_000 };
const failure: TokenFailure = { version: 120, generation: 5, at: 0, until: 1_000, tokenError: { class: 'http', httpStatus: 503, code: null } };
const need = { version: 100, generation: 4, position: 100 };
const both = (over: Partial<StoredToken> = {}): StoredToken => ({ entry: null, failure: null, ...over });
const held = { ...need, generation: 5 };

describe('answerFrom', () => {
  it.each([
    ['a newer token', both({ entry, failure }), need, 0, 'token'],
    ['no token that is held already', both({ entry }), held, 0, 'none'],
    ['no token of an older version of the credential', both({ entry }), { ...need, version: 101 }, 0, 'none'],
    ['no token past its time', both({ entry }), need, 1_000, 'none'],
    ['the failure to replace what is held', both({ entry, failure }), held, 999, 'failure'],
    ['no failure after its pause', both({ entry, failure }), held, 1_000, 'none'],
    ['no failure to replace an older token than the one held', both({ failure }), { ...need, generation: 6 }, 0, 'none'],
    ['no failure from before an unblocking', both({ failure }), { ...held, position: 121 }, 0, 'none'],
    ['no failure from before a change of the credential', both({ failure }), { version: 121, generation: 0, position: 0 }, 0, 'none'],
    ['nothing where nothing is stored', both(), need, 0, 'none'],
  ])('gives %s', (_, stored, need, at, expected) => {
    expect(answerFrom(stored, need, at).is).toBe(expected);
  });
});

describe('the pause after a failure', () => {
  const of = (httpStatus: number, code: string | null = null) => ({ class: 'http' as const, httpStatus, code });

  it('doubles up to a minute while the server fails, and up to ten minutes while it refuses', () => {
    const pauses = (error: ReturnType<typeof of>): number[] =>
      Array.from({ length: 8 }).reduce<number[]>((all) => [...all, failurePauseMs(error, all.at(-1) ?? null, null)], []);
    expect(pauses(of(503))).toEqual([1, 2, 4, 8, 16, 32, 60, 60].map((s) => s * 1_000));
    expect(pauses(of(401, 'invalid_client'))).toEqual([30, 60, 120, 240, 480, 600, 600, 600].map((s) => s * 1_000));
  });

  it('obeys Retry-After, up to a day', () => {
    expect(failurePauseMs(of(429), null, 90_000)).toBe(90_000);
    expect(failurePauseMs(of(429), null, 10)).toBe(1_000);
    expect(failurePauseMs(of(503), null, 1e12)).toBe(86_400_000);
  });
});

describe('advice', () => {
  it('is one sentence for each class, status or code', () => {
    expect(advice({ class: 'http', httpStatus: 400, code: 'invalid_scope' })).toBe(
      'The server says invalid_scope: ask its operator which scopes this client may request.',
    );
    expect(advice({ class: 'http', httpStatus: 502, code: null })).toBe('The server answers 502: the server has failed; Nuncio asks again by itself.');
    expect(advice({ class: 'dns', httpStatus: null, code: null })).toMatch(/^The host name .*\.$/);
  });

  it('says of a 401 to check id and secret first, whatever the code: Keycloak says unauthorized_client of a wrong secret', () => {
    for (const code of ['unauthorized_client', 'invalid_client', null]) expect(advice({ class: 'http', httpStatus: 401, code })).toMatch(/^The server answers 401.*: check client id and secret/);
    expect(advice({ class: 'http', httpStatus: 400, code: 'unauthorized_client' })).toContain('client_credentials');
  });

  it('says of a busy or failing server that Nuncio asks again, whatever its code: an unknown one hid that', () => {
    expect(advice({ class: 'http', httpStatus: 503, code: 'temporarily_unavailable' })).toBe('The server answers 503 temporarily_unavailable: the server has failed; Nuncio asks again by itself.');
    expect(advice({ class: 'http', httpStatus: 429, code: 'slow_down' })).toContain('Nuncio asked too often');
    expect(advice({ class: 'http', httpStatus: 404, code: 'not_found' })).toContain('check the token URL');
    expect(advice({ class: 'http', httpStatus: 400, code: 'use_dpop_nonce' })).toContain('ask its operator what this code means');
    expect(advice({ class: 'invalid_response', httpStatus: 200, code: 'quota' })).toContain('ask its operator what this code means');
  });

  it('says of a failed connection what is wrong with it', () => {
    const description = 'it requires a client certificate';
    expect(advice({ class: 'tls', httpStatus: null, code: null, description })).toBe(`The TLS connection to the authorization server failed: check its certificate, its name and its chain. What is wrong: ${description}.`);
    expect(advice({ class: 'internal', httpStatus: null, code: null, description })).not.toContain(description);
  });

  it('says of an invalid answer what is wrong with it', () => {
    const description = 'token_type is BearerToken, not Bearer; where it means a bearer token, set assumeBearer on the credential';
    expect(advice({ class: 'invalid_response', httpStatus: 200, code: null, description })).toContain(description);
  });
});
