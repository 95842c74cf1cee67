import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { readTokenResponse, type TokenHttpResponse, type TokenResponse } from './index.js';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const read = (body: string | Buffer, over: Partial<TokenHttpResponse> = {}, assumeBearer = false): TokenResponse =>
  readTokenResponse({ status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(body as string), ...over }, { assumeBearer, now: NOW });
const good = (over: object = {}): string => JSON.stringify({ access_token: 'abc', token_type: 'Bearer', ...over });
const classOf = (response: TokenResponse): string => (response.ok ? 'ok' : response.tokenError.class);

describe('readTokenResponse', () => {
  it('reads a token as RFC 6749 writes it, and keeps it in a Secret', () => {
    const response = read(good({ expires_in: 3600, scope: 'a b', refresh_token: 'r' }));
    expect(response).toMatchObject({ ok: true, expiresInSeconds: 3600, scope: 'a b' });
    expect(response.ok && response.accessToken.reveal()).toBe('abc');
    expect(JSON.stringify(response)).not.toContain('abc');
  });

  it.each([
    ['missing', '', null],
    ['a number', ',"expires_in":3600', 3600],
    ['digits', ',"expires_in":"3600"', 3600],
    ['a fraction', ',"expires_in":3600.9', 3600],
    ['more than a day', ',"expires_in":86401', 86400],
    ['beyond all numbers', ',"expires_in":1e999', 86400],
    ['0', ',"expires_in":0', 0],
    ['-0', ',"expires_in":-0', 0],
    ['null', ',"expires_in":null', 0],
  ])('reads expires_in that is %s', (_, member, expected) => {
    expect(read(`{"access_token":"abc","token_type":"bearer"${member}}`)).toMatchObject({ ok: true, expiresInSeconds: expected });
  });

  it.each(['-1', '-0.5', '"3600abc"', '"36.5"', '""', '"-1"', '[3600]', '{}', 'true', '"2026-01-01T00:00:00Z"'])('refuses expires_in %s', (value) => {
    expect(classOf(read(`{"access_token":"abc","token_type":"bearer","expires_in":${value}}`))).toBe('invalid_response');
  });

  it.each([
    ['no token', '{"token_type":"bearer"}'],
    ['an empty token', good({ access_token: '' })],
    ['a token that is no text', good({ access_token: 5 })],
    ['a token with CR LF', good({ access_token: 'a\r\nX-Evil: 1' })],
    ['a token with a space', good({ access_token: 'a b' })],
    ['a token outside ASCII', good({ access_token: 'é' })],
    ['a token with a trailing line feed', good({ access_token: 'abc\n' })],
    ['a token over 16 KiB', good({ access_token: 'a'.repeat(16_385) })],
    ['no token_type', '{"access_token":"abc"}'],
    ['another token_type', good({ token_type: 'mac' })],
    ['an error beside the token', good({ error: 'invalid_scope' })],
    ['HTML', '<html></html>'],
    ['a form', 'access_token=abc&token_type=bearer'],
    ['an array', `[${good()}]`],
    ['null', 'null'],
    ['nothing', ''],
    ['a cut answer', good().slice(0, -1)],
    ['two documents', good() + good()],
    ['a key twice', '{"access_token":"abc","token_type":"bearer","access_token":"abd"}'],
    ['a key twice, once escaped', '{"access_token":"abc","token_type":"bearer","\\u0061ccess_token":"abd"}'],
    ['invalid UTF-8', Buffer.concat([Buffer.from('{"access_token":"abc","token_type":"bearer","x":"'), Buffer.from([0xff]), Buffer.from('"}')])],
    ['nesting without end', `{"access_token":"abc","token_type":"bearer","x":${'['.repeat(30_000)}${']'.repeat(30_000)}}`],
  ])('refuses %s', (_, body) => {
    expect(classOf(read(body))).toBe('invalid_response');
  });

  it.each([
    ['another content type', good(), { headers: { 'content-type': 'text/html; charset=latin-1' } }],
    ['no content type', good(), { headers: {} }],
    ['a byte order mark', '\ufeff' + good(), {}],
    ['a key named __proto__', '{"__proto__":{"error":"x"},"access_token":"abc","token_type":"bearer"}', {}],
    ['a token_type in capitals', good({ token_type: 'BEARER' }), {}],
    ['a token as Salesforce writes it', good({ access_token: '00Dx0000000!AQ.EAQ_1=b' }), {}],
    ['a token as eBay writes it', good({ access_token: 'v^1.1#i^1#p^3' }), {}],
    ['a token of every character there may be', good({ access_token: Buffer.from(Array.from({ length: 94 }, (_, n) => n + 0x21)).toString() }), {}],
    ['a token of 16 KiB', good({ access_token: 'a'.repeat(16_384) }), {}],
    ['content-encoding: identity', good(), { headers: { 'content-encoding': 'identity' } }],
    ['a scope that is no text', good({ scope: ['a'] }), {}],
  ])('lets pass %s', (_, body, over) => {
    expect(classOf(read(body, over))).toBe('ok');
  });

  it('shows a scope that RFC 6749 allows, and no other', () => {
    expect(read(good({ scope: 'read write' }))).toMatchObject({ scope: 'read write' });
    for (const scope of [undefined, null, 5, ['a'], '', 'é', 'aé', 'éa', 'a"b', 'a\\b', 'a'.repeat(1_025)]) expect(read(good({ scope }))).toMatchObject({ ok: true, scope: null });
  });

  it('lets a credential assume bearer', () => {
    expect(classOf(read('{"access_token":"abc"}', {}, true))).toBe('ok');
    expect(classOf(read(good({ token_type: 'BearerToken' }), {}, true))).toBe('ok');
  });

  it.each([
    [201, 'invalid_response'],
    [204, 'invalid_response'],
    [299, 'invalid_response'],
    [300, 'redirect'],
    [302, 'redirect'],
    [307, 'redirect'],
    [400, 'http'],
    [500, 'http'],
  ])('accepts no token from status %i', (status, expected) => {
    expect(classOf(read(good(), { status }))).toBe(expected);
  });

  it.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
  ])('decompresses an answer in %s although nobody asked for it, and refuses a decompression bomb', (coding, compress) => {
    const headers = { 'content-encoding': coding };
    expect(classOf(read(compress(Buffer.from(good())), { headers }))).toBe('ok');
    expect(classOf(read(compress(Buffer.from(good({ x: ' '.repeat(65_536) }))), { headers }))).toBe('too_large');
    expect(classOf(read(good(), { headers }))).toBe('invalid_response');
  });

  it('decodes codings in the reverse of their order, and refuses an unknown one', () => {
    const twice = brotliCompressSync(gzipSync(good()));
    expect(classOf(read(twice, { headers: { 'content-encoding': 'gzip, br' } }))).toBe('ok');
    for (const coding of ['compress', 'constructor', 'gzip, gzip, gzip, gzip']) expect(classOf(read(good(), { headers: { 'content-encoding': coding } }))).toBe('invalid_response');
  });

  describe('what it says of a failure in words', () => {
    const description = (body: string, over: Partial<TokenHttpResponse> = {}, hide?: (text: string) => string | null): string | undefined => {
      const response = readTokenResponse({ status: 401, headers: {}, body: Buffer.from(body), ...over }, { assumeBearer: false, now: NOW, ...(hide && { hide }) });
      return response.ok ? 'ok' : response.tokenError.description;
    };
    const said = (text: unknown): string => JSON.stringify({ error: 'invalid_client', error_description: text });

    it("is the server's description, in one line of at most 200 characters", () => {
      expect(description(said('Invalid client or\r\n\t Invalid client credentials\u0000 '))).toBe('Invalid client or Invalid client credentials');
      expect(description(said('😀'.repeat(201)))).toBe('😀'.repeat(200));
      for (const nothing of [undefined, null, 5, '', ' \n', ['a']]) expect(description(said(nothing))).toBeUndefined();
    });

    it.each([
      ['Okta', { errorCode: 'invalid_client', errorSummary: "Invalid value for 'client_id' parameter.", errorCauses: [] }, "Invalid value for 'client_id' parameter."],
      ['Apigee', { ErrorCode: 'invalid_client', Error: 'ClientId is Invalid' }, 'ClientId is Invalid'],
      ['Apigee, of a policy', { fault: { faultstring: 'Invalid client identifier {0}', detail: { errorcode: 'oauth.v2.InvalidClientIdentifier' } } }, 'Invalid client identifier {0}'],
      ['Google', { error: { code: 403, message: 'The caller has no permission', status: 'PERMISSION_DENIED' } }, 'The caller has no permission'],
      ['a gateway', { message: 'Forbidden' }, 'Forbidden'],
      ['RFC 9457', { type: 'about:blank', title: 'Bad Request', detail: 'scope is unknown' }, 'scope is unknown'],
      ['RFC 6749 beside others', { error: 'invalid_scope', error_description: 'no such scope', message: 'Bad Request' }, 'no such scope'],
    ])('is what the server says in its own way: %s', (_, body, expected) => {
      expect(description(JSON.stringify(body))).toBe(expected);
    });

    it('is nothing of a member that only looks like one, or is inherited', () => {
      for (const body of ['{"message":{"text":"x"}}', '{"__proto__":{"message":"x"}}', '{"error":["message"]}', '{"fault":null}', '{"message":" "}']) expect(description(body)).toBeUndefined();
      expect(description(JSON.stringify({ access_token: 'abc', token_type: 'Bearer', expires_in: 'soon', message: 'fine' }), { status: 200 })).toMatch(/^expires_in /);
    });

    it('contains no secret, and a code or scope that would is not shown', () => {
      const hide = (text: string): string => text.replaceAll('s3cret', '<redacted>');
      expect(description(said('no client s3cret'), {}, hide)).toBe('no client <redacted>');
      expect(description(said('anything'), {}, () => null)).toBeUndefined();
      expect(readTokenResponse({ status: 400, headers: {}, body: Buffer.from('{"error":"s3cret"}') }, { assumeBearer: false, now: NOW, hide })).toMatchObject({ tokenError: { code: null } });
    });

    it('reports an answer that is not JSON', () => {
      expect(description('<html>', { headers: { 'content-type': 'text/HTML; charset=utf-8' } })).toBe('the answer is text/html, not JSON');
      expect(description('<html>', { status: 200, headers: { 'content-type': 'text/html' } })).toBe('the answer is text/html, not JSON');
      expect(description('[]', { headers: { 'content-type': 'application/json' } })).toBe('the answer is no JSON object');
      expect(description('', { headers: { 'content-type': 'a b' } })).toBe('the answer is no JSON object');
    });

    it('reports which member of an answer is wrong, and what to do about a token_type', () => {
      const wrong = (over: object): string | undefined => description(good(over), { status: 200 });
      expect(wrong({ token_type: 'BearerToken' })).toBe('token_type is BearerToken, not Bearer; where it means a bearer token, set assumeBearer on the credential');
      expect(wrong({ token_type: 'Application Access Token' })).toBe('token_type is Application Access Token, not Bearer; where it means a bearer token, set assumeBearer on the credential');
      expect(wrong({ token_type: 'DPoP' })).toBe('token_type is DPoP, not Bearer; the server binds its tokens to a proof that Nuncio does not send, so ask its operator for bearer tokens');
      expect(wrong({ access_token: undefined })).toMatch(/^access_token is missing/);
      expect(wrong({ access_token: 'a b' })).toMatch(/^access_token is no text/);
      expect(wrong({ expires_in: 'soon' })).toMatch(/^expires_in /);
      expect(wrong({ error: 'x' })).toMatch(/^the answer has status 200, but also the member error/);
    });
  });

  it('keeps an error code that RFC 6749 allows, and no other', () => {
    const code = (error: unknown): unknown => read(JSON.stringify({ error }), { status: 400 });
    expect(code('invalid_client')).toMatchObject({ tokenError: { class: 'http', httpStatus: 400, code: 'invalid_client' } });
    for (const bad of ['a"b', 'a\\b', 'a\nb', 'é', '', 'a'.repeat(65), 5, null]) expect(code(bad)).toMatchObject({ tokenError: { code: null } });
  });

  it('hears Retry-After of 429 and 503 only', () => {
    const after = (status: number, value: string): unknown => read('', { status, headers: { 'retry-after': value } });
    expect(after(429, '120')).toMatchObject({ retryAfterMs: 120_000 });
    expect(after(503, 'Thu, 01 Jan 2026 00:00:30 GMT')).toMatchObject({ retryAfterMs: 30_000 });
    expect(after(400, '120')).toMatchObject({ retryAfterMs: null });
  });
});
