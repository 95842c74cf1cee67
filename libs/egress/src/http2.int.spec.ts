import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { once } from 'node:events';
import { constants, createSecureServer, type Http2SecureServer, type IncomingHttpHeaders, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import { connect as connectTcp, type AddressInfo, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import type { Answer } from './answer.js';
import { Egress } from './egress.js';
import { EgressAllowSetting } from './egress-allow.js';
import type { OutboundRequest } from './outbound-request.js';
import { makeCertificate } from './testing/certificate.js';
import { startRawServer } from './testing/raw-server.js';

const certificate = makeCertificate('DNS:customer.com', 'IP:127.0.0.1');
const { NGHTTP2_CANCEL, NGHTTP2_ENHANCE_YOUR_CALM, NGHTTP2_HTTP_1_1_REQUIRED, NGHTTP2_INTERNAL_ERROR, NGHTTP2_NO_ERROR, NGHTTP2_REFUSED_STREAM, NGHTTP2_PROTOCOL_ERROR } = constants;

let server: Http2SecureServer;
let url: string;
let egress: Egress;
let sessions: ServerHttp2Session[];
let http1: number;
let onStream: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, flags: number, raw: string[]) => void;

const answer = (stream: ServerHttp2Stream, body = 'ok', status = 200): void => {
  stream.on('error', () => undefined);
  stream.resume().on('end', () => {
    stream.respond({ ':status': status });
    stream.end(body);
  });
};
const egressOf = (options: { http2?: boolean } = {}): Egress =>
  new Egress({ allow: EgressAllowSetting.parse('127.0.0.0/8'), extraCa: [certificate.cert], resolve: async () => ['127.0.0.1'], ...options });
const send = (request: Partial<OutboundRequest> = {}): Promise<Answer> =>
  egress.send({ url, method: 'POST', headers: {}, body: Buffer.from('{}'), timeoutMs: 60_000, maxResponseBytes: 16_384, onOversize: 'cut', ...request });
const textOf = (result: Answer): string => (result.ok ? result.body.toString() : `${result.error.class}: ${result.error.detail}`);
const times = (count: number, request?: Partial<OutboundRequest>): Promise<Answer[]> => Promise.all(Array.from({ length: count }, () => send(request)));

async function serve(maxConcurrentStreams?: number): Promise<void> {
  server = createSecureServer({ ...certificate, allowHTTP1: true, maxSendHeaderBlockLength: 200_000, ...(maxConcurrentStreams ? { settings: { maxConcurrentStreams } } : {}) });
  server.on('session', (session) => sessions.push(session));
  server.on('sessionError', () => undefined);
  server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, flags: number, raw: string[]) => {
    onStream(stream, headers, flags, raw);
  });
  server.on('request', (request, response) => {
    if (request.httpVersion !== '1.1') return;
    http1++;
    request.resume().on('end', () => response.end('one'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `https://customer.com:${(server.address() as AddressInfo).port}/hook?a='b'`;
}

function stop(): void {
  for (const session of sessions) session.destroy();
  server.close();
}

beforeEach(async () => {
  sessions = [];
  http1 = 0;
  onStream = (stream) => {
    answer(stream);
  };
  egress = egressOf();
  await serve();
});
afterEach(async () => {
  await egress.close();
  stop();
});

describe('an endpoint that speaks HTTP/2', () => {
  it('gets method, path, authority, lower-case headers and the bytes, and no hop-by-hop header', async () => {
    let seen: unknown;
    onStream = (stream, _headers, _flags, raw) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        seen = { raw, body: Buffer.concat(chunks).toString() };
        stream.respond({ ':status': 201, 'x-answer': 'yes', 'set-cookie': ['a=1', 'b=2'] });
        stream.end('thanks');
      });
    };
    const headers = { 'X-Event': ' ü ', 'Content-Type': 'application/json', Connection: 'close', 'Transfer-Encoding': 'chunked', TE: 'trailers', 'Keep-Alive': 'timeout=5' };
    const result = await send({ method: 'PUT', headers, body: Buffer.from('{"a":1.0}') });
    expect(seen).toEqual({
      raw: [':method', 'PUT', ':scheme', 'https', ':authority', new URL(url).host, ':path', "/hook?a='b'", 'x-event', 'ü', 'content-type', 'application/json', 'content-length', '9'],
      body: '{"a":1.0}',
    });
    expect(result).toMatchObject({ ok: true, status: 201, truncated: false, headers: { 'x-answer': 'yes', 'set-cookie': ['a=1', 'b=2'] } });
    expect(textOf(result)).toBe('thanks');
    const { dns, connect, tls, firstByte, total } = result.timings;
    expect([dns, connect, tls, firstByte, total]).toEqual([dns, connect, tls, firstByte, total].sort((a, b) => a! - b!));
    expect((await send()).timings).toMatchObject({ dns: null, connect: null, tls: null });
  });

  it('gets all requests on one connection, including those that begin before it is ready', async () => {
    expect(new Set((await times(50)).map(textOf))).toEqual(new Set(['ok']));
    expect(new Set((await times(50)).map(textOf))).toEqual(new Set(['ok']));
    expect(sessions).toHaveLength(1);
  });

  it('gets an empty body, and a body of many frames', async () => {
    onStream = (stream) => {
      let length = 0;
      stream.on('data', (chunk: Buffer) => (length += chunk.length)).on('end', () => {
        stream.respond({ ':status': 200 });
        stream.end(String(length));
      });
    };
    const bodies = [null, Buffer.alloc(0), Buffer.alloc(1_000_000)];
    expect((await Promise.all(bodies.map((body) => send({ body })))).map(textOf)).toEqual(['0', '0', '1000000']);
  });

  it('has at most as many streams as it allows, and gets further connections', async () => {
    stop();
    await serve(10);
    await send();
    // None is answered until more are open than one connection may have.
    let most = 0;
    const waiting: ServerHttp2Stream[] = [];
    onStream = (stream) => {
      waiting.push(stream);
      most = Math.max(most, waiting.length);
      if (most > 10) for (const one of waiting.splice(0)) answer(one);
    };
    expect(new Set((await times(40)).map(textOf))).toEqual(new Set(['ok']));
    expect(most).toBeGreaterThan(10);
    expect(sessions.length).toBeGreaterThan(1);
    expect(sessions.length).toBeLessThanOrEqual(5);
  });

  it('is spoken to in HTTP/1.1 if the operator says so', async () => {
    await egress.close();
    egress = egressOf({ http2: false });
    expect((await times(3)).map(textOf)).toEqual(['one', 'one', 'one']);
    expect(http1).toBe(3);
  });
});

describe('a connection that speaks HTTP/2', () => {
  it('is replaced before it is five minutes old, and ends with its last stream', async () => {
    await send();
    const { promise: begun, resolve: begin } = Promise.withResolvers<ServerHttp2Stream>();
    onStream = begin;
    const slow = send();
    const stream = await begun;
    const clock = jest.spyOn(performance, 'now').mockReturnValue(performance.now() + 271_000);
    onStream = (stream) => {
      answer(stream);
    };
    expect(textOf(await send())).toBe('ok');
    clock.mockRestore();
    expect(sessions).toHaveLength(2);
    const closed = once(sessions[0]!, 'close');
    answer(stream);
    expect(textOf(await slow)).toBe('ok');
    await closed;
  });

  it('is given up if it gives no sign of life, together with the requests that wait for it', async () => {
    const ends: Socket[] = [];
    const cable = await startRawServer((socket) => {
      const onward = connectTcp((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => undefined);
      ends.push(socket, onward);
      socket.pipe(onward).pipe(socket);
    });
    const at = `https://customer.com:${cable.port}/`;
    await send({ url: at });
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    for (const end of ends) end.unpipe().pause();
    const results = await times(20, { url: at, timeoutMs: 120_000 });
    expect(new Set(results.map((result) => (result.ok ? 'ok' : result.error.class)))).toEqual(new Set(['connect']));
    // In far less than the time of a request.
    expect(Math.max(...results.map(({ timings }) => timings.total))).toBeLessThan(60_000);
    expect(sessions).toHaveLength(1);
    await cable.close();
  });
});

describe('an answer over HTTP/2', () => {
  it('is read after interim answers', async () => {
    onStream = (stream) => {
      stream.additionalHeaders({ ':status': 100 });
      stream.additionalHeaders({ ':status': 103, link: '</x>' });
      answer(stream, 'ok', 204);
    };
    expect(await send()).toMatchObject({ ok: true, status: 204 });
  });

  it('is cut off without ending its connection', async () => {
    onStream = (stream) => {
      answer(stream, 'x'.repeat(3_000_000));
    };
    const result = await send();
    expect(result).toMatchObject({ ok: true, truncated: true });
    expect(result.ok && result.body.length).toBe(16_384);
    expect(await send({ onOversize: 'fail' })).toMatchObject({ ok: false, error: { class: 'too_large' } });
    onStream = (stream) => {
      answer(stream);
    };
    expect(textOf(await send())).toBe('ok');
    expect(sessions).toHaveLength(1);
  });

  it('may have headers of 100 KiB', async () => {
    onStream = (stream) => {
      stream.on('error', () => undefined).respond({ ':status': 200, ...Object.fromEntries(Array.from({ length: 900 }, (_, i) => [`x-${i}`, 'y'.repeat(100)])) });
      stream.end('ok');
    };
    const result = await send();
    expect(result.ok && Object.keys(result.headers).length).toBe(901);
  });

  it('may come before the request is complete', async () => {
    onStream = (stream) => {
      stream.on('error', () => undefined).respond({ ':status': 413 });
      stream.end('no', () => {
        stream.close(NGHTTP2_NO_ERROR);
      });
    };
    expect(await send({ body: Buffer.alloc(2_000_000) })).toMatchObject({ ok: true, status: 413 });
  });

  it('is too_large only if it was: a server that wants fewer requests ends the connection with the same code', async () => {
    onStream = (stream) => {
      stream.on('error', () => undefined).close(NGHTTP2_ENHANCE_YOUR_CALM);
    };
    expect(await send()).toMatchObject({ ok: false, error: { class: 'connect', detail: expect.stringContaining('too many requests') } });
    onStream = (stream) => {
      stream.on('error', () => undefined).respond({ ':status': 200, ...Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`x-${n}`, 'y'.repeat(600)])) });
    };
    expect(await send()).toMatchObject({ ok: false, error: { class: 'too_large' } });
  });

  it.each([
    ['before it', (stream: ServerHttp2Stream) => { stream.close(NGHTTP2_INTERNAL_ERROR); }],
    ['before it, politely', (stream: ServerHttp2Stream) => { stream.close(NGHTTP2_CANCEL); }],
    ['in the middle of it', (stream: ServerHttp2Stream) => { stream.respond({ ':status': 200, 'content-length': 10 }); stream.write('abc', () => { stream.close(NGHTTP2_CANCEL); }); }],
    ['with its connection', (stream: ServerHttp2Stream) => { stream.session?.socket.destroy(); }],
    ['with its connection, in the middle of it', (stream: ServerHttp2Stream) => { stream.respond({ ':status': 200 }); stream.write('abc', () => stream.session?.socket.destroy()); }],
  ])('that ends %s is an error of class connect, and nothing is sent again', async (_case, end) => {
    let streams = 0;
    onStream = (stream) => {
      streams++;
      stream.on('error', () => undefined).resume().on('end', () => { end(stream); });
    };
    expect(await send()).toMatchObject({ ok: false, error: { class: 'connect' } });
    expect(streams).toBe(1);
  });

  it('is a timeout if it does not come, and a connection that said nothing meanwhile gets no other request', async () => {
    await send();
    onStream = (stream) => void stream.on('error', () => undefined);
    expect(await send({ timeoutMs: 200 })).toMatchObject({ ok: false, error: { class: 'timeout' } });
    onStream = (stream) => {
      answer(stream);
    };
    expect(textOf(await send())).toBe('ok');
    expect(sessions).toHaveLength(2);
  });
});

describe('what was not processed', () => {
  it('is sent on another connection after GOAWAY, and what was processed is not', async () => {
    const streams: string[] = [];
    onStream = (stream, headers) => {
      const name = String(headers['x-name']);
      streams.push(name);
      if (sessions.length > 1) answer(stream);
      else if (streams.length === 3) {
        const [first] = sessions;
        stream.on('error', () => undefined);
        // The third request is not processed; the first two are answered.
        first?.goaway(NGHTTP2_NO_ERROR, 3);
        for (const each of waiting) answer(each);
      } else waiting.push(stream);
    };
    const waiting: ServerHttp2Stream[] = [];
    const results = await Promise.all(['a', 'b', 'c'].map((name) => send({ headers: { 'x-name': name } })));
    expect(results.map(textOf)).toEqual(['ok', 'ok', 'ok']);
    expect(streams).toEqual(['a', 'b', 'c', 'c']);
    expect(textOf(await send())).toBe('ok');
    expect(sessions).toHaveLength(2);
  });

  it('is sent on another connection after a GOAWAY with an error, and the rest fails', async () => {
    const streams: string[] = [];
    onStream = (stream, headers) => {
      stream.on('error', () => undefined);
      streams.push(String(headers['x-name']));
      if (sessions.length > 1) answer(stream);
      else if (streams.length === 2) sessions[0]?.goaway(NGHTTP2_INTERNAL_ERROR, 1);
    };
    const results = await Promise.all(['a', 'b'].map((name) => send({ headers: { 'x-name': name } })));
    expect(results.map((result) => (result.ok ? 'ok' : result.error.class))).toEqual(['connect', 'ok']);
    expect(streams).toEqual(['a', 'b', 'b']);
  });

  it('is sent again when its stream was refused, but not for ever', async () => {
    let streams = 0;
    onStream = (stream) => {
      stream.on('error', () => undefined);
      if (++streams === 1) stream.close(NGHTTP2_REFUSED_STREAM);
      else answer(stream);
    };
    expect(textOf(await send())).toBe('ok');
    expect(streams).toBe(2);
    onStream = (stream) => {
      streams++;
      stream.on('error', () => undefined).close(NGHTTP2_REFUSED_STREAM);
    };
    expect(await send()).toMatchObject({ ok: false, error: { class: 'connect' } });
    expect(streams).toBe(5);
  });

  it('gets a connection of its own after two refusals: the requests of others used up each new one, and it failed unsent', async () => {
    stop();
    await serve(1);
    let streams = 0;
    onStream = (stream) => {
      streams++;
      // One request for each connection, as with `Connection: close` from Go, or the last of nginx's keepalive_requests.
      stream.session?.goaway(NGHTTP2_NO_ERROR, stream.id);
      answer(stream);
    };
    expect((await times(20)).map(textOf)).toEqual(Array(20).fill('ok'));
    expect(streams).toBe(20);
  });

  it('is sent in HTTP/1.1 if the server requires it', async () => {
    onStream = (stream) => {
      stream.on('error', () => undefined).close(NGHTTP2_HTTP_1_1_REQUIRED);
    };
    expect(textOf(await send())).toBe('one');
    expect(textOf(await send())).toBe('one');
    expect(sessions).toHaveLength(1);
  });
});

describe('a server that answers before it has read the request', () => {
  const [DATA, HEADERS, RST_STREAM, SETTINGS] = [0, 1, 3, 4];
  const [END_STREAM, ACK, END_HEADERS] = [1, 1, 4];
  /** `:status: 200` in HPACK's static table. */
  const OK = Buffer.from([0x88]);
  const frame = (type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer => {
    const head = Buffer.alloc(9);
    head.writeUIntBE(payload.length, 0, 3);
    head.writeUInt8(type, 3);
    head.writeUInt8(flags, 4);
    head.writeUInt32BE(stream, 5);
    return Buffer.concat([head, payload]);
  };
  const code = (error: number): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(error);
    return bytes;
  };

  let early: ReturnType<typeof createTlsServer>;
  let connections: number;
  /** What it writes, at once, when a request's headers come. It never opens its windows. */
  let answers: (stream: number) => readonly Buffer[];

  beforeEach(async () => {
    connections = 0;
    early = createTlsServer({ ...certificate, ALPNProtocols: ['h2'] }, (socket) => {
      connections++;
      socket.on('error', () => undefined).write(frame(SETTINGS, 0, 0));
      let bytes = Buffer.alloc(0);
      let at = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'.length;
      socket.on('data', (chunk) => {
        bytes = Buffer.concat([bytes, chunk]);
        for (; bytes.length >= at + 9; at += 9 + bytes.readUIntBE(at, 3)) {
          const [type, flags, stream] = [bytes[at + 3], bytes[at + 4] ?? 0, bytes.readUInt32BE(at + 5)];
          if (type === SETTINGS && (flags & ACK) === 0) socket.write(frame(SETTINGS, ACK, 0));
          if (type === HEADERS) socket.write(Buffer.concat(answers(stream)));
        }
      });
    }).listen(0, '127.0.0.1');
    await once(early, 'listening');
    url = `https://127.0.0.1:${(early.address() as AddressInfo).port}/`;
  });
  afterEach(() => {
    early.close();
  });

  it.each([NGHTTP2_NO_ERROR, NGHTTP2_CANCEL, NGHTTP2_INTERNAL_ERROR])('has succeeded, although it resets the stream with code %d', async (error) => {
    answers = (stream) => [frame(HEADERS, END_HEADERS, stream, OK), frame(DATA, END_STREAM, stream, Buffer.from('ok')), frame(RST_STREAM, 0, stream, code(error))];
    expect((await times(5, { body: Buffer.alloc(500_000) })).map(textOf)).toEqual(Array(5).fill('ok'));
    expect((await times(5)).map(textOf)).toEqual(Array(5).fill('ok'));
  });

  it('has not succeeded if it resets the stream in the middle of its answer', async () => {
    answers = (stream) => [frame(HEADERS, END_HEADERS, stream, OK), frame(DATA, 0, stream, Buffer.from('ok')), frame(RST_STREAM, 0, stream, code(NGHTTP2_CANCEL))];
    expect(textOf(await send())).toBe('connect: the request was reset (code 8)');
  });

  it('gets no other request on that connection: HAProxy reset the next ones, and others waited for its window until they timed out', async () => {
    answers = (stream) => [frame(HEADERS, END_HEADERS | END_STREAM, stream, OK)];
    for (let n = 0; n < 3; n++) expect(await send({ body: Buffer.alloc(900_000) })).toMatchObject({ ok: true, status: 200 });
    expect(connections).toBe(3);
    await egress.close();
  });
});

describe('an endpoint that agrees to HTTP/2 and breaks its rules', () => {
  let broken: ReturnType<typeof createTlsServer>;
  let talk: (socket: TLSSocket) => void;

  beforeAll(async () => {
    broken = createTlsServer({ ...certificate, ALPNProtocols: ['h2', 'http/1.1'] }, (socket) => {
      socket.on('error', () => undefined);
      if (socket.alpnProtocol === 'h2') talk(socket);
      else socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\none'));
    }).listen(0, '127.0.0.1');
    await once(broken, 'listening');
  });
  afterAll(() => {
    broken.close();
  });

  const SETTINGS = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
  it.each([
    ['speaks HTTP/1.1', 'invalid_response', (socket: Socket) => socket.once('data', () => socket.write('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n'))],
    ['sends frames that are none', 'invalid_response', (socket: Socket) => socket.once('data', () => { socket.write(SETTINGS); socket.write(Buffer.from([0, 0, 1, 6, 0, 0, 0, 0, 0, 1])); })],
    ['hangs up before a word', 'connect', (socket: Socket) => socket.once('data', () => socket.destroy())],
  ])('(%s) fails once as %s, and is spoken to in HTTP/1.1 from then on', async (_case, errorClass, talks) => {
    talk = talks;
    const at = `https://127.0.0.1:${(broken.address() as AddressInfo).port}/`;
    expect(await send({ url: at })).toMatchObject({ ok: false, error: { class: errorClass } });
    expect(textOf(await send({ url: at }))).toBe('one');
  });

  it('resets streams for what it takes for an error of the client, and is spoken to in HTTP/1.1', async () => {
    onStream = (stream) => {
      stream.on('error', () => undefined).close(NGHTTP2_PROTOCOL_ERROR);
    };
    expect(await send()).toMatchObject({ ok: false, error: { class: 'invalid_response' } });
    expect(textOf(await send())).toBe('one');
  });
});
