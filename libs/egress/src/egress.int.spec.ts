import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { LIFE_MS } from './connection.js';
import { Egress } from './egress.js';
import { EgressAllowSetting } from './egress-allow.js';
import type { OutboundRequest } from './outbound-request.js';
import { answering, type RawServer, startRawServer } from './testing/raw-server.js';

type Route = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

let server: Server;
let url: string;
let route: Route;
let connections = 0;
let egress: Egress;
const raw: RawServer[] = [];
/** Milliseconds later than a bare timer. */
const isInTime = (late: number): boolean => late < 20;

beforeAll(async () => {
  // It closes no idle connection: a machine may be busy for longer than Node's five seconds.
  server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    const chunks: Buffer[] = [];
    request
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => {
        route(request, response, Buffer.concat(chunks));
      });
  }).on('connection', () => connections++);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  egress = new Egress({ allow: EgressAllowSetting.parse('127.0.0.0/8,silent.internal'), resolve: () => new Promise(() => undefined) });
});

afterEach(async () => {
  await Promise.all(raw.splice(0).map((server) => server.close()));
});

afterAll(async () => {
  await egress.close();
  server.close();
});

const send = (request: Partial<OutboundRequest> = {}) =>
  egress.send({
    url,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: Buffer.from('{"a":1.0}'),
    timeoutMs: 60_000,
    maxResponseBytes: 16_384,
    onOversize: 'cut',
    ...request,
  });

const rawServer = async (...args: Parameters<typeof startRawServer>): Promise<RawServer> => {
  const started = await startRawServer(...args);
  raw.push(started);
  return started;
};

describe('Egress.send', () => {
  it('sends exactly the given method, headers and bytes', async () => {
    let seen: unknown;
    route = (request, response, body) => {
      seen = { method: request.method, url: request.url, raw: request.rawHeaders, body: body.toString('utf8') };
      response.writeHead(200, { 'X-Answer': 'yes', 'Set-Cookie': ['a=1', 'b=2'] }).end('thanks');
    };
    const body = '{"größe": 12345678901234567890,  "x":1.0}';
    const answer = await send({
      url: `${url}?q=1`,
      method: 'PUT',
      headers: { 'Content-Type': 'application/json', 'X-Event': 'ü\u00ff'.normalize() },
      body: Buffer.from(body),
    });
    expect(seen).toEqual({
      method: 'PUT',
      url: '/hook?q=1',
      raw: [
        'host',
        new URL(url).host,
        'connection',
        'keep-alive',
        'Content-Type',
        'application/json',
        'X-Event',
        'ü\u00ff',
        'content-length',
        String(Buffer.byteLength(body)),
      ],
      body,
    });
    expect(answer).toMatchObject({ ok: true, status: 200, truncated: false, headers: { 'x-answer': 'yes', 'set-cookie': ['a=1', 'b=2'] } });
    expect(answer.ok && answer.body.toString()).toBe('thanks');
  });

  it('returns a redirect without following it', async () => {
    let requests = 0;
    route = (_request, response) => {
      requests++;
      response.writeHead(307, { location: `${url}/elsewhere` }).end();
    };
    expect(await send()).toMatchObject({ ok: true, status: 307 });
    expect(requests).toBe(1);
  });

  it('uses a connection again, and says so in the timings', async () => {
    route = (_request, response) => response.writeHead(204).end();
    await send();
    const before = connections;
    for (let i = 0; i < 20; i++) expect(await send()).toMatchObject({ ok: true, timings: { dns: null, connect: null, tls: null } });
    expect(connections).toBe(before);
  });

  it('opens a new connection before one is five minutes old', async () => {
    route = (_request, response) => response.writeHead(204).end();
    const clock = jest.spyOn(performance, 'now');
    const startedAt = performance.now() + LIFE_MS;
    // The connections of the tests before are too old.
    clock.mockReturnValue(startedAt);
    await send();
    const before = connections;
    clock.mockReturnValue(startedAt + LIFE_MS - 1);
    await send();
    expect(connections).toBe(before);
    clock.mockReturnValue(startedAt + LIFE_MS + 1);
    await send();
    expect(connections).toBe(before + 1);
    clock.mockRestore();
  });

  it('opens as many connections as there are requests in flight', async () => {
    const waiting: ServerResponse[] = [];
    route = (_request, response) => {
      if (waiting.push(response) === 64) for (const one of waiting) one.writeHead(204).end();
    };
    const answers = await Promise.all(Array.from({ length: 64 }, () => send()));
    expect(answers.filter((answer) => answer.ok)).toHaveLength(64);
  });

  it('cuts off a long answer at the limit at once, and reads a little further so that the connection can be reused', async () => {
    route = (_request, response) => response.end(Buffer.alloc(50_000, 'x'));
    await send({ maxResponseBytes: 1_000 });
    const before = connections;
    const answer = await send({ maxResponseBytes: 1_000 });
    expect(answer).toMatchObject({ ok: true, status: 200, truncated: true });
    expect(answer.ok && answer.body.length).toBe(1_000);
    expect(await send({ maxResponseBytes: 50_000 })).toMatchObject({ ok: true, truncated: false });
    expect(connections - before).toBeLessThanOrEqual(1);
  });

  it('does not read an endless answer', async () => {
    let closed: Promise<unknown> | undefined;
    route = (_request, response) => {
      closed = once(response, 'close');
      const pour = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(16_384)));
      };
      response.on('drain', pour);
      pour();
    };
    expect(await send()).toMatchObject({ ok: true, truncated: true });
    await closed;
  });

  it('fails an answer that is too long if asked to', async () => {
    route = (_request, response) => response.end('x'.repeat(1_001));
    expect(await send({ maxResponseBytes: 1_000, onOversize: 'fail' })).toMatchObject({ ok: false, error: { class: 'too_large' } });
    expect(await send({ maxResponseBytes: 1_001, onOversize: 'fail' })).toMatchObject({ ok: true, truncated: false });
  });

  it.each([
    ['says nothing', 'timeout', async () => (await rawServer(() => undefined)).url],
    ['sends its headers byte by byte', 'timeout', async () => (await rawServer(trickle('HTTP/1.1 200 OK\r\nx-slow: '))).url],
    ['sends its body byte by byte', 'timeout', async () => (await rawServer(trickle('HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n'))).url],
    // Our resolver does not answer, which is no fault of the server.
    ['cannot be resolved', 'internal', async () => 'http://silent.internal/'],
  ])('ends exactly in time when a server %s', async (_case, expected, start) => {
    const silent = await start();
    const lateness: number[] = [];
    // Compared with a bare timer; the best of three, or of more on a slow machine.
    for (const timeoutMs of [50, 180, 333, 50, 180, 333, 50, 180, 333]) {
      if (lateness.length >= 3 && lateness.some(isInTime)) break;
      const startedAt = performance.now();
      const timer = new Promise((resolve) => setTimeout(resolve, timeoutMs)).then(() => performance.now());
      const answer = await send({ url: silent, timeoutMs });
      const endedAt = performance.now();
      expect(answer).toMatchObject({ ok: false, error: { class: expected } });
      expect(endedAt - startedAt).toBeGreaterThan(timeoutMs - 2);
      lateness.push(endedAt - (await timer));
    }
    expect(lateness.filter(isInTime)).not.toEqual([]);
  });

  it('sends nothing after its time, and keeps the connection', async () => {
    let asked = 0;
    route = (_request, response) => {
      asked++;
      response.end();
    };
    expect(await send({ sendBefore: Date.now() })).toMatchObject({ ok: false, error: { class: 'token' } });
    expect(asked).toBe(0);
    const opened = connections;
    expect(await send({ sendBefore: Date.now() + 60_000 })).toMatchObject({ ok: true, status: 200 });
    expect({ asked, opened: connections }).toEqual({ asked: 1, opened });
  });

  it('classes a closed port as connect, without its address', async () => {
    const gone = await startRawServer(() => undefined);
    await gone.close();
    expect(await send({ url: gone.url })).toMatchObject({ ok: false, error: { class: 'connect', detail: 'the connection was refused' } });
  });

  it('uses another connection if the idle one was closed, without sending anything twice', async () => {
    let requests = 0;
    let last: Socket | undefined;
    const impatient = await rawServer((socket) => {
      last = socket.on('data', () => requests++);
      answering('HTTP/1.1 204 No Content\r\n\r\n')(socket);
    });
    for (let i = 0; i < 50; i++) {
      expect(await send({ url: impatient.url })).toMatchObject({ ok: true, status: 204 });
      // The server has closed it, but nobody here has read that yet.
      last?.destroy();
    }
    expect([requests, impatient.accepted]).toEqual([50, 50]);
  });

  it('does not send again once a byte may have been sent', async () => {
    let requests = 0;
    const rude = await rawServer((socket) => {
      let answered = false;
      socket.on('data', () => {
        requests++;
        if (answered) socket.destroy();
        else socket.write('HTTP/1.1 204 No Content\r\n\r\n');
        answered = true;
      });
    });
    expect(await send({ url: rude.url, body: null })).toMatchObject({ ok: true });
    expect(await send({ url: rude.url, body: null })).toMatchObject({ ok: false, error: { class: 'connect' } });
    expect(requests).toBe(2);
  });

  it.each([
    ['a header with a line break', { headers: { 'x-a': 'b\r\nc: d' } }],
    ['a header that is no token', { headers: { 'x a': 'b' } }],
    ['a Host of its own', { headers: { HOST: 'other.com' } }],
    ['a method that is none', { method: 'PO ST' }],
  ])('does not send %s', async (_case, request) => {
    let requests = 0;
    route = (_request, response) => {
      requests++;
      response.writeHead(204).end();
    };
    expect(await send(request)).toMatchObject({ ok: false, error: { class: 'internal' } });
    expect(requests).toBe(0);
    expect(await send()).toMatchObject({ ok: true });
  });

  it('closes idle connections and those in use', async () => {
    const own = new Egress({ allow: EgressAllowSetting.parse('127.0.0.0/8') });
    const request = { url, method: 'POST', headers: {}, body: null, timeoutMs: 60_000, maxResponseBytes: 10, onOversize: 'cut' } as const;
    route = (_request, response) => response.writeHead(204).end();
    await Promise.all([own.send(request), own.send(request)]);
    let answer: () => void = () => undefined;
    const arrived = new Promise<void>((resolve) => {
      route = (_request, response) => {
        answer = () => response.writeHead(204).end();
        resolve();
      };
    });
    const late = own.send(request);
    await arrived;
    const closed = own.close();
    answer();
    expect(await late).toMatchObject({ ok: true, status: 204 });
    await closed;
  });
});

function trickle(head: string): Parameters<typeof startRawServer>[0] {
  return (socket) => {
    socket.write(head);
    const timer = setInterval(() => socket.write('x'), 10);
    socket.on('close', () => {
      clearInterval(timer);
    });
  };
}
