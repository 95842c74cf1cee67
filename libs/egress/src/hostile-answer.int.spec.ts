import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import type { Answer } from './answer.js';
import { Egress } from './egress.js';
import { EgressAllowSetting } from './egress-allow.js';
import { answering, type RawServer, startRawServer } from './testing/raw-server.js';
import type { Socket } from 'node:net';

let server: RawServer;
let treat: (socket: Socket) => void;
let egress: Egress;

beforeAll(async () => {
  server = await startRawServer((socket) => {
    treat(socket);
  });
});
beforeEach(() => {
  egress = new Egress({ allow: EgressAllowSetting.parse('127.0.0.0/8') });
});
afterAll(() => server.close());

const TIMEOUT_MS = 60_000;
const send = (): Promise<Answer> =>
  egress.send({ url: server.url, method: 'POST', headers: {}, body: Buffer.from('{}'), timeoutMs: TIMEOUT_MS, maxResponseBytes: 16_384, onOversize: 'cut' });
const hangUp = (socket: Socket) => socket.end();
const head = (...lines: string[]) => ['HTTP/1.1 200 OK', ...lines, '', ''].join('\r\n');

describe('an answer that is not HTTP', () => {
  it.each([
    ['no status line', 'hello\r\n\r\n'],
    ['another protocol', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['an HTTP/2 preface', '\0\0\u0012\u0004\0\0\0\0\0\0\u0003\0\0\0\u0080'],
    ['a status that is no number', 'HTTP/1.1 abc OK\r\n\r\n'],
    ['a version that does not exist', 'HTTP/9.9 200 OK\r\n\r\n'],
    ['two lengths', head('content-length: 5', 'content-length: 6') + 'hello'],
    ['a list of lengths', head('content-length: 5, 6') + 'hello'],
    ['a negative length', head('content-length: -5') + 'hello'],
    ['a length that overflows', head('content-length: 99999999999999999999999') + 'hello'],
    ['a length with a sign', head('content-length: +5') + 'hello'],
    ['a length and chunks', head('content-length: 5', 'transfer-encoding: chunked') + '0\r\n\r\n'],
    ['a chunk size that is no number', head('transfer-encoding: chunked') + 'zz\r\nhello\r\n0\r\n\r\n'],
    ['a chunk size that overflows', head('transfer-encoding: chunked') + 'ffffffffffffffffff\r\nhello'],
    ['a chunk longer than it says', head('transfer-encoding: chunked') + '2\r\nhello\r\n0\r\n\r\n'],
    ['a header without a name', head(': x') + 'ok'],
    ['a header without a colon', head('content-length: 2', 'nonsense') + 'ok'],
    ['a folded line that follows none', head(' x-a: b', 'content-length: 2') + 'ok'],
    ['a name with a blank in it', head('x a: b', 'content-length: 2') + 'ok'],
    ['a length that is empty', head('content-length:') + 'ok'],
    ['a major version that does not exist', 'HTTP/2 200\r\ncontent-length: 2\r\n\r\nok'],
    ['a NUL in a header', head('x-a: b\0c', 'content-length: 2') + 'ok'],
    ['a bare CR in a header', head('x-a: b\rc', 'content-length: 2') + 'ok'],
    ['an upgrade nobody asked for', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n'],
  ])('is invalid_response: %s', async (_case, bytes) => {
    treat = answering(Buffer.from(bytes, 'latin1'));
    expect(await send()).toMatchObject({ ok: false, error: { class: 'invalid_response', detail: 'the answer is not valid HTTP/1.1' } });
  });

  it('is too_large when its headers do not end', async () => {
    treat = answering(head(`x-a: ${'a'.repeat(140_000)}`));
    expect(await send()).toMatchObject({ ok: false, error: { class: 'too_large' } });
    treat = answering(head(...Array.from({ length: 10_000 }, (_, i) => `x-${i}: abcdefgh`)));
    expect(await send()).toMatchObject({ ok: false, error: { class: 'too_large' } });
    treat = answering(`HTTP/1.1 200 OK\r\nx-a: ${'a'.repeat(140_000)}`);
    expect(await send()).toMatchObject({ ok: false, error: { class: 'too_large' } });
  });
});

/**
 * Answers that RFC 9110 and 9112 allow, or let a client repair, and that every browser accepts. The endpoint has processed the request, so
 * nothing must be sent again.
 */
const unusual: readonly (readonly [what: string, bytes: string, then: (socket: Socket) => void])[] = (
  [
    ['early hints before it', `HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n${head('content-length: 2')}ok`],
    ['a 100 that was not asked for', `HTTP/1.1 100 Continue\r\n\r\n${head('content-length: 2')}ok`],
    ['several 100 and others', `${'HTTP/1.1 100 Continue\r\n\r\n'.repeat(3)}HTTP/1.1 199 x\r\na: b\r\n\r\nHTTP/1.0 100\r\nconnection: close\r\n\r\n${head('content-length: 2')}ok`],
    ['blanks behind the length', head('content-length: 2 ') + 'ok'],
    ['tabs and blanks around the length', head('content-length:\t 2\t ', 'x-a: b') + 'ok'],
    ['the length said twice', head('content-length: 2', 'Content-Length:2') + 'ok'],
    ['the length in a list', head('content-length: 2, 2') + 'ok'],
    ['zeros before the length', head('content-length: 0002') + 'ok'],
    ['a folded header', head('x-a: b', ' c', '\td', 'content-length: 2') + 'ok'],
    ['a folded header that begins empty', head('x-a:', '  b', 'content-length: 2') + 'ok'],
    ['blanks before a colon', head('x-a : b', 'content-length\t: 2') + 'ok'],
    ['a control in a header', head('x-a: b\u0007c', 'content-length: 2') + 'ok'],
    ['names of any case and characters', head("X!#$%&'*+.^_`|~9: b", 'cOnTeNt-LeNgTh: 2') + 'ok'],
    ['values that are empty', head('x-a:', 'x-b:   ', 'content-length: 2') + 'ok'],
    ['bytes above ASCII', 'HTTP/1.1 200 Très bien\r\nx-a: \u00e9\u00ff\r\ncontent-length: 2\r\n\r\nok'],
    ['lines that end in LF alone', 'HTTP/1.1 200 OK\nx-a: b\ncontent-length: 2\n\nok'],
    ['one line that ends in LF alone', head('x-a: b\nx-c: d', 'content-length: 2') + 'ok'],
    ['blank lines before it', `\r\n\r\n${head('content-length: 2')}ok`],
    ['no reason phrase', 'HTTP/1.1 200\r\ncontent-length: 2\r\n\r\nok'],
    ['an empty reason phrase', 'HTTP/1.1 200 \r\ncontent-length: 2\r\n\r\nok'],
    ['a long reason phrase', `HTTP/1.1 200 ${'x'.repeat(100_000)}\r\ncontent-length: 2\r\n\r\nok`],
    ['a minor version of tomorrow', 'HTTP/1.2 200 OK\r\ncontent-length: 2\r\n\r\nok'],
    ['HTTP/1.0', 'HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok'],
    ['HTTP/1.0 to the end of the connection', 'HTTP/1.0 200 OK\r\n\r\nok', hangUp],
    ['no length, to the end of the connection', head('connection: close') + 'ok', hangUp],
    ['no length, and connection kept', head() + 'ok', hangUp],
    ['a long header', head(`x-a: ${'a'.repeat(100_000)}`, 'content-length: 2') + 'ok'],
    ['many headers', head(...Array.from({ length: 5_000 }, (_, i) => `x-${i}: abcdefgh`), 'content-length: 2') + 'ok'],
    ['an upgrade that is offered', head('connection: upgrade', 'upgrade: h2c', 'content-length: 2') + 'ok'],
    ['chunks with extensions and trailers', head('transfer-encoding: chunked', 'trailer: x-t') + '1;a=b\r\no\r\n1;c="d e"\r\nk\r\n0\r\nx-t: 1\r\n\r\n'],
    ['blanks in the extensions of chunks', head('transfer-encoding: chunked') + '1 ; a = b\r\no\r\n1; c="d ; e"\t;f\r\nk\r\n0; g\r\n\r\n'],
    ['blanks behind chunked and a size', head('Transfer-Encoding: Chunked \t') + '2  \r\nok\r\n00\r\n\r\n'],
    ['an empty element before chunked', head('transfer-encoding: , chunked') + '2\r\nok\r\n0\r\n\r\n'],
    ['a length among the trailers', head('transfer-encoding: chunked') + '2\r\nok\r\n0\r\ncontent-length: 9\r\n\r\n'],
    ['trailers that are none', head('transfer-encoding: chunked') + '2\r\nok\r\n0\r\nno trailer\r\n\r\n'],
    ['trailers without end', `${head('transfer-encoding: chunked')}2\r\nok\r\n0\r\n${'x: y\r\n'.repeat(100_000)}`],
    ['a reset behind it', head('content-length: 2') + 'ok', (socket) => setTimeout(() => socket.resetAndDestroy(), 20)],
    ['a header named __proto__', head('__proto__: x', 'constructor: y', 'content-length: 2') + 'ok'],
  ] as [string, string, ((socket: Socket) => void)?][]
).map(([what, bytes, then = () => undefined]) => [what, bytes, then]);

describe('an unusual answer', () => {
  it.each(unusual)('is read: %s', async (_case, bytes, then) => {
    treat = answering(Buffer.from(bytes, 'latin1'), then);
    const answer = await send();
    expect(answer).toMatchObject({ ok: true, status: 200 });
    expect(answer.ok && answer.body.toString()).toBe('ok');
  });

  it('is read in whatever pieces it comes', async () => {
    for (const [what, bytes, then] of unusual.filter(([, text]) => text.length < 500)) {
      treat = (socket) =>
        void socket.setNoDelay().once('data', () => {
          void (async () => {
            for (const byte of Buffer.from(bytes, 'latin1')) await new Promise((written) => socket.write(Buffer.of(byte), written));
            then(socket);
          })();
        });
      egress = new Egress({ allow: EgressAllowSetting.parse('127.0.0.0/8') });
      const answer = await send();
      expect([what, answer.ok ? answer.body.toString() : answer]).toEqual([what, 'ok']);
    }
  });

  it('has its headers as they were sent', async () => {
    treat = answering(Buffer.from(head('X-A: b', '  c', '\td ', 'x-e : f\u0001g', 'content-length: 2, 2', 'x-e: h') + 'ok', 'latin1'));
    expect(await send()).toMatchObject({ ok: true, headers: { 'x-a': 'b c d', 'x-e': ['f g', 'h'], 'content-length': '2' } });
  });

  it('is waited for after a 100, and is missing if the connection ends', async () => {
    treat = answering('HTTP/1.1 100 Continue\r\n\r\n', hangUp);
    expect(await send()).toMatchObject({ ok: false, error: { class: 'connect' } });
  });

  it('may come before the request was read, and the connection is reset', async () => {
    treat = (socket) => socket.once('data', () => socket.write(head('content-length: 2') + 'ok', () => setTimeout(() => socket.resetAndDestroy(), 20)));
    const body = Buffer.alloc(3_000_000);
    const answer = await egress.send({ url: server.url, method: 'POST', headers: {}, body, timeoutMs: TIMEOUT_MS, maxResponseBytes: 16_384, onOversize: 'cut' });
    expect(answer).toMatchObject({ ok: true, status: 200 });
  });

  it('is not decompressed', async () => {
    const bomb = gzipSync(Buffer.alloc(10_000_000));
    treat = answering(Buffer.concat([Buffer.from(head('content-encoding: gzip', `content-length: ${bomb.length}`)), bomb]));
    const answer = await send();
    expect(answer.ok && answer.body).toEqual(bomb);
  });
});

describe('a connection', () => {
  const whole = head('content-length: 10', 'x-a: b') + '0123456789';

  it.each([
    ['closed', (socket: Socket) => socket.end()],
    ['reset', (socket: Socket) => socket.resetAndDestroy()],
  ])('that is %s after any byte of the answer is an error of class connect', async (_case, end) => {
    const classes = new Map<string, number>();
    for (let length = 0; length < whole.length; length++) {
      treat = length === 0 ? (socket) => socket.once('data', () => end(socket)) : answering(whole.slice(0, length), end);
      const answer = await send();
      const key = answer.ok ? 'ok' : answer.error.class;
      classes.set(key, (classes.get(key) ?? 0) + 1);
    }
    expect([...classes]).toEqual([['connect', whole.length]]);
  });

  it.each([
    ['more than the answer', whole + 'HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nforged'],
    ['a body where none may be', 'HTTP/1.1 204 No Content\r\ncontent-length: 6\r\n\r\nforged'],
    ['an answer before the question', whole],
  ])('that delivered %s is not used again', async (_case, bytes) => {
    let forged = 0;
    let closed: Promise<unknown> | undefined;
    treat = (socket) => {
      closed = new Promise((resolve) => socket.once('close', resolve));
      answering(bytes, () => {
        if (bytes === whole) setImmediate(() => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nforged'));
      })(socket);
    };
    const before = server.accepted;
    for (let i = 0; i < 20; i++) {
      const answer = await send();
      if (answer.ok && answer.body.includes('forged')) forged++;
      // What the server sends unasked has arrived: the connection is closed.
      await closed;
    }
    expect(forged).toBe(0);
    expect(server.accepted - before).toBe(20);
  });
});
