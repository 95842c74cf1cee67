import { afterEach, describe, expect, it } from '@jest/globals';
import { Egress } from './egress.js';
import { EgressAllowSetting } from './egress-allow.js';
import { OutboundError } from './outbound-error.js';
import { answering, type RawServer, startRawServer } from './testing/raw-server.js';

let server: RawServer;
const egress = new Egress({ allow: EgressAllowSetting.parse('127.0.0.0/8') });
const fetch = egress.fetch(5_000, 100);

afterEach(() => server.close());

const answer = async (bytes: string): Promise<string> => {
  server = await startRawServer(answering(bytes));
  return server.url;
};

describe('Egress.fetch', () => {
  it('posts a form and returns a Response', async () => {
    let received = '';
    server = await startRawServer((socket) => {
      socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
      answering('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nset-cookie: a\r\nset-cookie: b\r\ncontent-length: 7\r\n\r\n{"a":1}')(socket);
    });
    const body = new URLSearchParams({ grant_type: 'client_credentials', scope: 'a b' });
    const response = await fetch(server.url, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body, redirect: 'manual' });
    expect(received.split('\r\n\r\n')[1]).toBe('grant_type=client_credentials&scope=a+b');
    expect(received.toLowerCase()).not.toContain('accept-encoding');
    expect([response.status, response.headers.get('content-type'), response.headers.getSetCookie(), await response.json()]).toEqual([
      200,
      'application/json',
      ['a', 'b'],
      { a: 1 },
    ]);
  });

  it.each([
    [204, 'HTTP/1.1 204 No Content\r\n\r\n'],
    [304, 'HTTP/1.1 304 Not Modified\r\n\r\n'],
    [302, 'HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n'],
    [401, 'HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n'],
  ])('returns a %i as it is', async (status, bytes) => {
    expect((await fetch(await answer(bytes), { method: 'POST', headers: {} })).status).toBe(status);
  });

  it.each([
    ['too_large', 'HTTP/1.1 200 OK\r\ncontent-length: 101\r\n\r\n' + 'x'.repeat(101)],
    ['invalid_response', 'HTTP/1.1 700 Odd\r\ncontent-length: 0\r\n\r\n'],
    ['invalid_response', 'nonsense\r\n\r\n'],
  ])('rejects with the class %s', async (errorClass, bytes) => {
    const failure = await fetch(await answer(bytes), { method: 'POST', headers: {} }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(OutboundError);
    expect(failure).toMatchObject({ errorClass });
  });

  it('rejects with the class timeout when its budget is spent', async () => {
    await expect(egress.fetch(50, 100)(await answer('HTTP/1.1 200 OK\r\n'), { method: 'POST', headers: {} })).rejects.toMatchObject({ errorClass: 'timeout' });
  });

  it('rejects what may not be called', async () => {
    await answer('');
    await expect(fetch(`http://10.0.0.1:${server.port}/`, { method: 'GET', headers: {} })).rejects.toMatchObject({ errorClass: 'blocked_address' });
  });
});
