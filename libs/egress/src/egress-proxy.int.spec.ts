import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type { Answer } from './answer.js';
import { Egress } from './egress.js';
import { EgressEnv, egressOptions } from './egress-env.js';
import { makeCertificate } from './testing/certificate.js';
import { type ConnectProxy, startConnectProxy } from './testing/connect-proxy.js';
import { answering, startRawServer } from './testing/raw-server.js';

const certificate = makeCertificate('DNS:customer.com', 'IP:1.1.1.1', 'DNS:localhost');
const folder = mkdtempSync(join(tmpdir(), 'egress-'));
const caFile = join(folder, 'ca.pem');
writeFileSync(caFile, `Our authority\n${certificate.cert}`);

let endpoint: Server;
let port: number;
let proxy: ConnectProxy;
let egress: Egress;
const seen: string[] = [];

beforeAll(async () => {
  endpoint = createServer(certificate, (request, response) => {
    seen.push(`${request.headers.host} ${request.headers['proxy-authorization'] ?? ''}`);
    request.resume().on('end', () => response.end('ok'));
  }).listen(0, '127.0.0.1');
  await once(endpoint, 'listening');
  ({ port } = endpoint.address() as AddressInfo);
});

afterEach(async () => {
  seen.length = 0;
  await egress.close();
  await proxy.close();
});

afterAll(() => {
  rmSync(folder, { recursive: true });
  endpoint.closeAllConnections();
  endpoint.close();
});

const egressOf = (env: Record<string, string>, addresses = ['1.1.1.1']): Egress =>
  (egress = new Egress({ ...egressOptions(EgressEnv.parse({ EGRESS_CA_FILE: caFile, ...env })), resolve: async () => addresses }));
const post = (url: string, timeoutMs = 60_000): Promise<Answer> =>
  egress.send({ url, method: 'POST', headers: {}, body: Buffer.from('{}'), timeoutMs, maxResponseBytes: 1_000, onOversize: 'cut' });
const failure = (answer: Answer) => !answer.ok && [answer.error.class, answer.error.detail];

describe('EGRESS_PROXY_URL', () => {
  it('connects to the checked address, with TLS between Nuncio and the endpoint, with its own credentials and without a name', async () => {
    proxy = await startConnectProxy(() => port);
    egressOf({ EGRESS_PROXY_URL: `http://nuncio:p%40ss@127.0.0.1:${proxy.port}` });
    for (let i = 0; i < 3; i++) expect(await post('https://customer.com:8443/hook')).toMatchObject({ ok: true, status: 200 });
    expect(proxy.asked).toEqual([{ target: '1.1.1.1:8443', host: '1.1.1.1:8443', authorization: `Basic ${Buffer.from('nuncio:p@ss').toString('base64')}` }]);
    expect(seen).toEqual(Array(3).fill('customer.com:8443 '));
  });

  it('may be spoken to by TLS, and must then have a certificate of its own name', async () => {
    proxy = await startConnectProxy(() => port, certificate);
    egressOf({ EGRESS_PROXY_URL: `https://localhost:${proxy.port}` });
    expect(await post('https://customer.com/')).toMatchObject({ ok: true, status: 200 });
    await egress.close();
    egressOf({ EGRESS_PROXY_URL: `https://127.0.0.1:${proxy.port}` });
    expect(failure(await post('https://customer.com/'))).toEqual(['proxy', 'the egress proxy does not answer']);
    expect(proxy.asked).toHaveLength(1);
  });

  it('is not asked for a denied address, nor for one that EGRESS_ALLOW names', async () => {
    proxy = await startConnectProxy(() => port);
    egressOf({ EGRESS_PROXY_URL: `http://127.0.0.1:${proxy.port}`, EGRESS_ALLOW: '127.0.0.1/32' }, ['127.0.0.1']);
    expect(await post(`https://customer.com:${port}/`)).toMatchObject({ ok: true, status: 200 });
    await egress.close();
    egressOf({ EGRESS_PROXY_URL: `http://127.0.0.1:${proxy.port}` }, ['1.1.1.1', '10.0.0.1']);
    expect(await post('https://customer.com/')).toMatchObject({ ok: false, error: { class: 'blocked_address' } });
    expect(proxy.asked).toEqual([]);
  });

  it('is asked for a name if EGRESS_ALLOW has only one of its addresses', async () => {
    proxy = await startConnectProxy(() => port);
    egressOf({ EGRESS_PROXY_URL: `http://127.0.0.1:${proxy.port}`, EGRESS_ALLOW: '127.0.0.1/32' }, ['127.0.0.1', '1.1.1.1']);
    expect(await post(`https://customer.com:${port}/`)).toMatchObject({ ok: true, status: 200 });
    expect(proxy.asked.map(({ target }) => target)).toEqual([`127.0.0.1:${port}`]);
  });

  it('is asked for the next address if it cannot reach one', async () => {
    proxy = await startConnectProxy((target) => (target.startsWith('[') ? 'HTTP/1.1 503 Service Unavailable\r\n\r\n' : port));
    egressOf({ EGRESS_PROXY_URL: `http://127.0.0.1:${proxy.port}` }, ['2606:4700::1111', '1.1.1.1']);
    expect(await post('https://customer.com/')).toMatchObject({ ok: true, status: 200 });
    expect(proxy.asked.map(({ target }) => target)).toEqual(['[2606:4700::1111]:443', '1.1.1.1:443']);
  });

  it.each([
    [502, ['connect', 'the host is unreachable']],
    [503, ['connect', 'the host is unreachable']],
    [504, ['connect', 'the host is unreachable']],
    [403, ['blocked_address', 'this address may not be called']],
    [407, ['proxy', 'the egress proxy answered 407']],
    [302, ['proxy', 'the egress proxy answered 302']],
    [500, ['proxy', 'the egress proxy answered 500']],
  ])("reports its own failure apart from the endpoint's: %i", async (status, expected) => {
    proxy = await startConnectProxy(() => `HTTP/1.1 ${status} No\r\ncontent-length: 2\r\n\r\nno`);
    egressOf({ EGRESS_PROXY_URL: `http://127.0.0.1:${proxy.port}` });
    expect(failure(await post('https://customer.com/'))).toEqual(expected);
  });

  it('does not count what the endpoint behind it does as its own failure', async () => {
    const rude = await startRawServer((socket) => socket.once('data', () => socket.destroy()));
    proxy = await startConnectProxy(() => rude.port);
    egressOf({ EGRESS_PROXY_URL: `http://127.0.0.1:${proxy.port}` });
    expect(failure(await post('https://customer.com/'))).toEqual(['connect', 'the connection was closed during the TLS handshake']);
    await rude.close();
  });

  it.each<[string, Parameters<typeof startRawServer>[0], string, string]>([
    ['hangs up', (socket) => socket.destroy(), 'http', 'proxy'],
    ['is no proxy', answering('SSH-2.0-OpenSSH_9.6\r\n'), 'http', 'proxy'],
    ['sends an endless head', answering(`HTTP/1.1 200 OK\r\nx: ${'x'.repeat(200_000)}`), 'http', 'proxy'],
    ['makes no TLS connection in time', () => undefined, 'https', 'proxy'],
    ['makes no connection to the endpoint in time', () => undefined, 'http', 'timeout'],
  ])('is waited for only as long as the call lasts when it %s', async (_case, treat, scheme, errorClass) => {
    proxy = await startConnectProxy(() => port);
    const broken = await startRawServer(treat);
    egressOf({ EGRESS_PROXY_URL: `${scheme}://127.0.0.1:${broken.port}` });
    expect(await post('https://customer.com/', 500)).toMatchObject({ ok: false, error: { class: errorClass } });
    await broken.close();
    expect(await post('https://customer.com/', 500)).toMatchObject({ ok: false, error: { class: 'proxy' } });
  });
});

describe('the settings', () => {
  const read = (env: Record<string, string>) => EgressEnv.safeParse(env);

  it('have a proxy whose password is not shown, or none', () => {
    expect(egressOptions(EgressEnv.parse({}))).toEqual({ allow: { names: [], blocks: [] }, proxy: null, extraCa: [], resolve: expect.any(Function), http2: true, maxHandshakes: 64, maxIdle: expect.any(Number) });
    expect(egressOptions(EgressEnv.parse({ EGRESS_HTTP2: 'false', EGRESS_MAX_HANDSHAKES: '7' }))).toMatchObject({ http2: false, maxHandshakes: 7 });
    const { proxy } = egressOptions(EgressEnv.parse({ EGRESS_PROXY_URL: 'https://u:topsecret@proxy.internal' }));
    expect(proxy?.origin).toBe('https://proxy.internal');
    expect(proxy?.authorization?.reveal()).toBe('Basic dTp0b3BzZWNyZXQ=');
    expect(inspect(proxy) + JSON.stringify(proxy)).not.toMatch(/topsecret|dTp0/);
    expect(EgressEnv.parse({ EGRESS_PROXY_URL: 'http://proxy:3128' }).EGRESS_PROXY_URL?.authorization).toBeNull();
  });

  it("have DNS servers by their addresses, or the machine's own", () => {
    expect(EgressEnv.parse({}).EGRESS_DNS_SERVERS).toBeNull();
    expect(EgressEnv.parse({ EGRESS_DNS_SERVERS: '10.0.0.2, [fd00::2]:5353' }).EGRESS_DNS_SERVERS).toEqual(['10.0.0.2', '[fd00::2]:5353']);
    expect(read({ EGRESS_DNS_SERVERS: 'dns.internal' }).error?.issues).toMatchObject([{ path: ['EGRESS_DNS_SERVERS'] }]);
  });

  it.each(['proxy:3128', 'socks5://u:topsecret@proxy', 'http://u:topsecret@proxy/path', 'http://u:topsecret@proxy/?q', 'ftp://proxy', 'http://'])(
    'refuse the proxy %s',
    (url) => {
      const { error } = read({ EGRESS_PROXY_URL: url });
      expect(error?.issues).toMatchObject([{ path: ['EGRESS_PROXY_URL'], message: expect.stringMatching(/^must be http:/) as unknown }]);
      expect(JSON.stringify(error?.issues)).not.toContain('topsecret');
    },
  );

  it('have certificates from a file that contains some', () => {
    expect(EgressEnv.parse({ EGRESS_CA_FILE: caFile }).EGRESS_CA_FILE).toEqual([certificate.cert]);
    writeFileSync(join(folder, 'key.pem'), certificate.key);
    writeFileSync(join(folder, 'broken.pem'), certificate.cert.replace(/[A-Za-z0-9+/]{40}\n/, '\n'));
    for (const name of ['nothing.pem', 'key.pem', 'broken.pem'])
      expect(read({ EGRESS_CA_FILE: join(folder, name) }).error?.issues).toMatchObject([{ path: ['EGRESS_CA_FILE'] }]);
  });
});
