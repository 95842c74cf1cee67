import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ChunkExtensions, isChunked } from './chunk-extensions.js';

/** What the parser gets of these bytes, which come in pieces of the given sizes. */
function passed(body: Buffer, cuts: readonly number[]): string {
  const extensions = new ChunkExtensions();
  const pieces: Buffer[] = [];
  let from = 0;
  for (const cut of [...cuts, body.length]) {
    pieces.push(extensions.remove(body.subarray(from, from + cut)));
    from += cut;
  }
  return Buffer.concat(pieces).toString('latin1');
}
const cuts = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 60 });
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

describe('the extensions of chunks', () => {
  it('are removed, with the white space in them, however the bytes come, and nothing else is', () => {
    const extension = fc.array(fc.constantFrom(';', ' ', '\t', 'a', '=', '"', '\\', '\u00e9', '5', '0'), { maxLength: 8 }).map((parts) => (parts.length ? `;${parts.join('')}` : ''));
    const chunk = fc.record({ data: fc.uint8Array({ minLength: 1, maxLength: 40 }).map(text), blank: fc.constantFrom('', ' ', ' \t'), zeros: fc.constantFrom('', '00'), extension });
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 5 }), extension, fc.constantFrom('\r\n', 'x-t: 1;a= b\r\n\r\n'), cuts, (chunks, last, end, at) => {
        const body = (withExtensions: boolean): string =>
          chunks.map((one) => `${one.zeros}${one.data.length.toString(16)}${one.blank}${withExtensions ? one.extension : ''}\r\n${one.data}\r\n`).join('') +
          `0${withExtensions ? last : ''}\r\n${end}`;
        expect(passed(Buffer.from(body(true), 'latin1'), at)).toBe(body(false));
      }),
      { numRuns: 2_000 },
    );
  });

  it('leave a body without a semicolon as it is, whatever it holds', () => {
    const bytes = fc.oneof(fc.uint8Array({ maxLength: 60 }), fc.array(fc.constantFrom('5', 'f', '0', '\r', '\n', '\r\n', ' ', 'x'), { maxLength: 30 }).map((parts) => Buffer.from(parts.join(''))));
    fc.assert(
      fc.property(bytes, cuts, (given, at) => {
        const body = Buffer.from(text(given).replaceAll(';', ','), 'latin1');
        expect(passed(body, at)).toBe(body.toString('latin1'));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['a bare LF ends it', '5;a\nhello\r\n0\r\n\r\n', '5\nhello\r\n0\r\n\r\n'],
    ['a NUL is in it', '5;a\0\r\nhello\r\n', '5\0\r\nhello\r\n'],
    ['a bare CR is in it', '5;a\rb\r\nhello\r\n', '5\rb\r\nhello\r\n'],
    ['there is no size', ';a\r\nhello\r\n', '\r\nhello\r\n'],
    ['another size is behind a blank', '5 5;a\r\nhello\r\n', '5 5;a\r\nhello\r\n'],
  ])('leave the refusal to the parser if %s', (_, given, expected) => {
    expect(passed(Buffer.from(given), [])).toBe(expected);
  });
});

describe('a head', () => {
  it.each([
    ['Transfer-Encoding: chunked', true],
    ['transfer-encoding:CHUNKED \t', true],
    ['transfer-encoding: gzip, chunked', true],
    ['transfer-encoding: gzip,chunked', true],
    ['transfer-encoding: , chunked', true],
    ['transfer-encoding: chunked, gzip', false],
    ['transfer-encoding: xchunked', false],
    ['x-transfer-encoding: chunked', false],
    ['content-length: 5', false],
  ])('of %s says whether the body is chunked: %s', (line, expected) => {
    expect(isChunked(`HTTP/1.1 200 OK\r\nx-a: b\r\n${line}\r\nx-c: d\r\n\r\n`)).toBe(expected);
  });
});
