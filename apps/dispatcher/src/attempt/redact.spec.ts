import { describe, expect, it } from '@jest/globals';
import type { Answer } from '@nuncio/egress';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { redacted, shownRequest } from './redact.js';

const TOKEN = 'tok-en_A1b2/C3+d4==';
const GATE = `gate "of" <acme> & co é`;

const answer = (body: string | Buffer, headers: Record<string, string | string[]> = {}, truncated = false): Answer => ({
  ok: true,
  status: 200,
  headers,
  body: Buffer.from(body),
  truncated,
  timings: { dns: 0, connect: 0, tls: 0, firstByte: 0, total: 0 },
});
const shown = (of: Answer, secrets = [TOKEN, GATE]): string => {
  const result = redacted(of, secrets, 16_384);
  return result.ok ? `${result.body.toString()} ${JSON.stringify(result.headers)}` : '';
};

describe('redacted', () => {
  it('hides a secret in the body and in each header, and shows the rest', () => {
    for (const secret of [TOKEN, GATE]) {
      expect(shown(answer(`before ${JSON.stringify(secret)} after`))).toMatch(/^before "?<redacted>"? after {}$/);
      expect(shown(answer('', { 'x-echo': encodeURIComponent(secret), 'x-more': ['a', Buffer.from(secret).toString('base64')] }))).toMatch(/^ \{"x-echo":"<redacted>","x-more":\["a","<redacted>(==)?"\]\}$/);
    }
  });

  const codings = { gzip: gzipSync, 'x-gzip': gzipSync, deflate: deflateSync, br: brotliCompressSync, zstd: zstdCompressSync } as const;
  const ECHO = `before ${TOKEN} after`;

  it.each(Object.entries(codings))('opens %s, whole or cut, and what cannot be opened is its length and name', (coding, compress) => {
    const headers = { 'content-encoding': coding };
    expect(shown(answer(compress(ECHO), headers))).toContain('before <redacted> after');
    const noise = Array.from({ length: 200 }, (_, n) => n ** 9).join(' ');
    const long = compress(`${noise} ${TOKEN} ${noise}`);
    const cut = shown(answer(long.subarray(0, long.length - 8), headers, true));
    expect(cut).not.toContain(TOKEN.slice(0, 8));
    expect(cut).toMatch(coding === 'zstd' ? /bytes of zstd that cannot be read/ : /^0 1 512 19683 /);
    expect(shown(answer(Buffer.from([1, 2, 3]), headers))).toContain(`<3 bytes of ${coding} that cannot be read>`);
    expect(shown(answer(compress(Buffer.alloc(1_000_000)), headers))).toMatch(new RegExp(`^<\\d+ bytes of ${coding} that cannot be read>`));
  });

  it('opens codings one in another, what is sent as no coding, and nothing else', () => {
    expect(shown(answer(gzipSync(brotliCompressSync(ECHO)), { 'content-encoding': 'br, gzip' }))).toContain('before <redacted> after');
    for (const compress of [gzipSync, zstdCompressSync]) expect(shown(answer(compress(ECHO)))).toContain('before <redacted> after');
    expect(shown(answer(ECHO, { 'content-encoding': 'identity' }))).toContain('before <redacted> after');
    expect(shown(answer(ECHO, { 'content-encoding': 'magic' }))).toContain(`<${ECHO.length} bytes of magic that cannot be read>`);
  });

  it('keeps the beginning of what is long once it is opened, without half a secret at its end', () => {
    const long = redacted(answer(gzipSync('x'.repeat(16_380 - TOKEN.length / 2) + TOKEN + 'y'.repeat(1_000)), { 'content-encoding': 'gzip' }), [TOKEN], 16_384);
    expect(long.ok && [long.truncated, long.body.toString().replace(/x+/, 'x')]).toEqual([true, 'x<redacted>']);
  });

  it('hides the beginning of a secret that the end of a cut response has left', () => {
    for (let length = 8; length < TOKEN.length; length++) {
      expect(shown(answer(`body ${TOKEN.slice(0, length)}`, {}, true))).toBe('body <redacted> {}');
      expect(shown(answer(`body ${TOKEN.slice(0, length)}`, {}, false))).toContain(TOKEN.slice(0, length));
    }
    expect(shown(answer(`${TOKEN.slice(0, 10)} is not at the end`, {}, true))).toContain(TOKEN.slice(0, 10));
  });

  it('leaves everything else as it came, binary bodies included', () => {
    const binary = answer(Buffer.from([0, 255, 128, 10]), { a: 'b' });
    expect(redacted(binary, [TOKEN], 16_384)).toBe(binary);
    const failed: Answer = { ok: false, error: { class: 'connect', detail: '' } } as Answer;
    expect(redacted(failed, [TOKEN], 16_384)).toBe(failed);
    const mixed = redacted(answer(Buffer.concat([Buffer.from([255, 0]), Buffer.from(TOKEN), Buffer.from([254])])), [TOKEN], 16_384);
    expect(mixed.ok && mixed.body).toEqual(Buffer.concat([Buffer.from([255, 0]), Buffer.from('<redacted>'), Buffer.from([254])]));
  });

  it('does not take a short value for a secret', () => {
    expect(shown(answer('a yes is a yes'), ['yes'])).toContain('a yes is a yes');
  });
});

describe('shownRequest', () => {
  it('shows names in lower case, how they were spelled besides, and no secret value', () => {
    const of = { method: 'POST', url: 'https://hooks.example.com/in' } as const;
    expect(shownRequest({ ...of, headers: { Authorization: 'Bearer x', 'X-Gate': 'y', 'x-team': 'z' } }, new Set(['x-gate']))).toEqual({
      ...of,
      headers: { authorization: '<redacted>', 'x-gate': '<redacted>', 'x-team': 'z' },
      spelling: ['Authorization', 'X-Gate'],
    });
    expect(shownRequest({ ...of, headers: { 'x-team': 'z' } }, new Set())).toEqual({ ...of, headers: { 'x-team': 'z' } });
  });
});
