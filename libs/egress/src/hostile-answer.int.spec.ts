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

const TIMEOUT_MS = 5_000;
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
    ['a list of lengths', head('content-length: 5, 5') + 'hello'],
    ['a negative length', head('content-length: -5') + 'hello'],
    ['a length that overflows', head('content-length: 99999999999999999999999') + 'hello'],
    ['a length with a sign', head('content-length: +5') + 'hello'],
    ['a length and chunks', head('content-length: 5', 'transfer-encoding: chunked') + '0\r\n\r\n'],
    ['a chunk size that is no number', head('transfer-encoding: chunked') + 'zz\r\nhello\r\n0\r\n\r\n'],
    ['a chunk size that overflows', head('transfer-encoding: chunked') + 'ffffffffffffffffff\r\nhello'],
    ['a chunk longer than it says', head('transfer-encoding: chunked') + '2\r\nhello\r\n0\r\n\r\n'],
    ['a space before the colon', head('content-length : 2') + 'ok'],
    ['a header without a name', head(': x') + 'ok'],
    ['a header without a colon', head('content-length: 2', 'nonsense') + 'ok'],
    ['a folded header', head('x-a: b', ' c', 'content-length: 2') + 'ok'],
    ['a NUL in a header', head('x-a: b\0c', 'content-length: 2') + 'ok'],
    ['a bare CR in a header', head('x-a: b\rc', 'content-length: 2') + 'ok'],
    ['an upgrade nobody asked for', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n'],
    ['100 without having been asked', 'HTTP/1.1 100 Continue\r\n\r\n'],
  ])('is invalid_response: %s', async (_case, bytes) => {
    treat = answering(Buffer.from(bytes, 'latin1'));
    expect(await send()).toMatchObject({ ok: false, error: { class: 'invalid_response', detail: 'the answer is not valid HTTP/1.1' } });
  });

  it('is too_large when its headers do not end', async () => {
    treat = answering(head(`x-a: ${'a'.repeat(20_000)}`));
    expect(await send()).toMatchObject({ ok: false, error: { class: 'too_large' } });
    treat = answering(head(...Array.from({ length: 2_000 }, (_, i) => `x-${i}: abcdefgh`)));
    expect(await send()).toMatchObject({ ok: false, error: { class: 'too_large' } });
  });
});

describe('an unusual answer', () => {
  it.each([
    ['early hints before it', 'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n' + head('content-length: 2') + 'ok', 'ok'],
    ['chunks with extensions and trailers', head('transfer-encoding: chunked', 'trailer: x-t') + '1;a=b\r\no\r\n1\r\nk\r\n0\r\nx-t: 1\r\n\r\n', 'ok'],
    ['a header named __proto__', head('__proto__: x', 'constructor: y', 'content-length: 2') + 'ok', 'ok'],
    ['no reason phrase', 'HTTP/1.1 200\r\ncontent-length: 2\r\n\r\nok', 'ok'],
  ])('is read: %s', async (_case, bytes, body) => {
    treat = answering(bytes);
    const answer = await send();
    expect(answer).toMatchObject({ ok: true, status: 200 });
    expect(answer.ok && answer.body.toString()).toBe(body);
  });

  it('is read to its end where the end is that of the connection', async () => {
    treat = answering(head('connection: close') + 'ok', hangUp);
    const answer = await send();
    expect(answer.ok && answer.body.toString()).toBe('ok');
  });

  it('is not unpacked', async () => {
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
    treat = (socket) => {
      answering(bytes, () => {
        if (bytes === whole) setImmediate(() => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nforged'));
      })(socket);
    };
    const before = server.accepted;
    for (let i = 0; i < 20; i++) {
      const answer = await send();
      if (answer.ok && answer.body.includes('forged')) forged++;
      // One round of the loop, for what the server sends unasked to arrive.
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    expect(forged).toBe(0);
    expect(server.accepted - before).toBe(20);
  });
});
