import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { freePort } from '@nuncio/embedded';
import { setTimeout as delay } from 'node:timers/promises';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { X509Certificate } from 'node:crypto';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket, type TlsOptions } from 'node:tls';
import { parseAddress } from './address.js';
import type { Answer } from './answer.js';
import { checkPeer } from './connect.js';
import { Egress, type EgressOptions } from './egress.js';
import { EgressAllowSetting } from './egress-allow.js';
import { openBlackHole, openLateServer } from './testing/black-hole.js';
import { answering, type RawServer, startRawServer } from './testing/raw-server.js';
import { makeCertificate, makeCertificateOf } from './testing/certificate.js';
import type { TlsIdentity } from './tls-identity.js';

const NO_CONTENT = 'HTTP/1.1 204 No Content\r\n\r\n';
const refusal = {
  ok: false,
  error: { class: 'blocked_address', detail: 'this address may not be called' },
  timings: { dns: null, connect: null, tls: null, firstByte: null, total: 0 },
};

let receiver: RawServer;
let requests: string;
let open: Egress[] = [];

const egressOf = (options: Partial<EgressOptions> & { allowed?: string }): Egress => {
  const egress = new Egress({ allow: EgressAllowSetting.parse(options.allowed), ...options });
  open.push(egress);
  return egress;
};
const post = (egress: Egress, url: string, timeoutMs = 60_000): Promise<Answer> =>
  egress.send({ url, method: 'POST', headers: {}, body: Buffer.from('{}'), timeoutMs, maxResponseBytes: 1_000, onOversize: 'cut' });

beforeEach(async () => {
  requests = '';
  receiver = await startRawServer((socket) => {
    socket.on('data', (chunk: Buffer) => (requests += chunk.toString('latin1')));
    answering(NO_CONTENT)(socket);
  });
});

afterEach(async () => {
  await Promise.all(open.map((egress) => egress.close()));
  open = [];
  await receiver.close();
});

describe('the guard of a connection', () => {
  it('connects to nothing on loopback unless the operator allows it', async () => {
    const urls = [
      `http://127.0.0.1:${receiver.port}/`,
      `https://127.0.0.1:${receiver.port}/`,
      `https://localhost:${receiver.port}/`,
      `https://customer.com:${receiver.port}/`,
      'not a url',
    ];
    const egress = egressOf({ resolve: async () => ['127.0.0.1'] });
    for (const url of urls) expect([url, await post(egress, url)]).toEqual([url, refusal]);
    expect(receiver.accepted).toBe(0);
  });

  it('reports a refusal by the URL alone as late as one by DNS', async () => {
    const resolve = (host: string): Promise<string[]> => delay(host.startsWith('slow') ? 60 : 0, ['10.0.0.1']);
    const egress = egressOf({ resolve });
    const urls = [
      'not a url',
      'https://10.0.0.1/',
      'http://customer.com/',
      'https://db.internal/',
      'https://quick.customer.com/',
      'https://slow.customer.com/',
    ];
    const times = await Promise.all(
      urls.map(async (url) => {
        const startedAt = performance.now();
        expect([url, await post(egress, url)]).toEqual([url, refusal]);
        return performance.now() - startedAt;
      }),
    );
    expect(Math.min(...times)).toBeGreaterThan(98);
  });

  it.each([
    ['the only answer', ['127.0.0.1']],
    ['one of many', ['1.1.1.1', '2606:4700::1111', '127.0.0.1', '8.8.8.8']],
    ['an IPv4-mapped one', ['::ffff:127.0.0.1']],
    ['one with a zone', ['fe80::1%lo']],
    ['an unreadable one', ['1.1.1.1', '127.1']],
  ])('refuses a name if one of its addresses is denied: %s', async (_case, answers) => {
    const egress = egressOf({ resolve: async () => answers });
    expect(await post(egress, `https://customer.com:${receiver.port}/`)).toEqual(refusal);
    expect(receiver.accepted).toBe(0);
  });

  it('fails for a name without an address, and waits for its addresses only as long as the call lasts', async () => {
    const url = 'https://customer.com/';
    expect(await post(egressOf({ resolve: async () => [] }), url)).toMatchObject({ error: { class: 'dns', detail: 'the host name has no address' } });
    expect(await post(egressOf({ resolve: () => new Promise(() => undefined) }), url, 200)).toMatchObject({ error: { class: 'timeout' }, timings: { dns: null } });
  });

  it('checks every connection again, so that a name that turns to a denied address is refused', async () => {
    const answers = ['127.0.0.1', '10.0.0.1', '127.0.0.1'];
    const resolve = jest.fn(async () => [answers.shift()!]);
    const egress = egressOf({ allowed: '127.0.0.0/8', resolve });
    await receiver.close();
    const url = `https://customer.com:${receiver.port}/`;
    expect(await post(egress, url)).toMatchObject({ error: { class: 'connect' } });
    expect(await post(egress, url)).toEqual(refusal);
    expect(await post(egress, url)).toMatchObject({ error: { class: 'connect' } });
    expect(resolve).toHaveBeenCalledTimes(3);
    receiver = await startRawServer(() => undefined);
  });

  it('reaches an allowed range by its address and an allowed name by the hosts file', async () => {
    const egress = egressOf({ allowed: '127.0.0.0/8,localhost' });
    expect(await post(egress, receiver.url)).toMatchObject({ ok: true, status: 204, timings: { dns: null, tls: null } });
    expect(await post(egress, `http://localhost:${receiver.port}/hook?x=1`)).toMatchObject({ ok: true, status: 204 });
    expect(requests).toContain(`POST /hook?x=1 HTTP/1.1\r\nhost: localhost:${receiver.port}\r\n`);
  });

  it('tries the next address if one does not answer', async () => {
    const egress = egressOf({ allowed: 'receiver.internal', resolve: async () => ['127.0.0.2', '::1', '127.0.0.1'] });
    const answer = await post(egress, `http://receiver.internal:${receiver.port}/`);
    expect(answer).toMatchObject({ ok: true, status: 204 });
    expect(answer.timings.dns).not.toBeNull();
    expect(answer.timings.connect).not.toBeNull();
  });

  it.each([
    ['IPv6', '::1', '127.0.0.1'],
    ['IPv4', '127.0.0.1', '::1'],
    ['one of IPv4', '127.0.0.2', '127.0.0.1'],
  ])('does not wait for an address that does not answer: %s', async (_case, silent, answers) => {
    const alive = await startRawServer(answering(NO_CONTENT), answers, await freePort());
    const close = await openBlackHole(silent, alive.port);
    const at = (addresses: string[], timeoutMs?: number): Promise<Answer> =>
      post(egressOf({ allowed: 'receiver.internal', resolve: async () => addresses }), `http://receiver.internal:${alive.port}/`, timeoutMs);
    const [both, alone] = await Promise.all([at([silent, answers]), at([silent], 500)]);
    expect(both).toMatchObject({ ok: true, status: 204 });
    expect(both.timings.connect).toBeGreaterThanOrEqual(240);
    expect(alone).toMatchObject({ error: { class: 'timeout' }, timings: { connect: null } });
    await Promise.all([close(), alive.close()]);
  });

  it('reaches an address that answers only after the next one, which never answers, was tried', async () => {
    const port = await freePort();
    const late = await openLateServer('127.0.0.2', port);
    const close = await openBlackHole('127.0.0.3', port);
    const watch = (message: unknown): void => {
      (message as { socket: Socket }).socket.on('connectionAttempt', (address: string) => {
        if (address === '127.0.0.3') late.wake();
      });
    };
    subscribe('net.client.socket', watch);
    const egress = egressOf({ allowed: 'receiver.internal', resolve: async () => ['127.0.0.2', '127.0.0.3'] });
    expect(await post(egress, `http://receiver.internal:${port}/`)).toMatchObject({ ok: true, status: 204 });
    unsubscribe('net.client.socket', watch);
    await Promise.all([late.close(), close()]);
  });

  it('tries every address of a name with many, and ends with the failure of all', async () => {
    const port = await freePort();
    const dead = Array.from({ length: 6 }, (_, n) => `127.0.0.${n + 2}`);
    const holes = await Promise.all(dead.map((address) => openBlackHole(address, port)));
    const alive = await startRawServer(answering(NO_CONTENT), '127.0.0.9', port);
    const at = (...addresses: string[]): Promise<Answer> =>
      post(egressOf({ allowed: 'receiver.internal', resolve: async () => addresses }), `http://receiver.internal:${port}/`);
    expect(await at(...dead, '127.0.0.9')).toMatchObject({ ok: true, status: 204 });
    await alive.close();
    expect(await at('127.0.0.9', '::1', '127.0.0.10')).toMatchObject({ error: { class: 'connect', detail: 'the connection was refused' } });
    await Promise.all(holes.map((close) => close()));
  });

  it('drops a peer that is not one of the judged addresses before a byte is said', () => {
    const judged = [parseAddress('1.1.1.1')!, parseAddress('2606:4700::1111')!];
    const destroy = jest.fn<() => never>();
    checkPeer({ remoteAddress: '2606:4700:0::1111', destroy }, judged);
    expect(destroy).not.toHaveBeenCalled();
    for (const remoteAddress of ['127.0.0.1', '1.1.1.2', '::ffff:1.1.1.1', undefined])
      expect(() => {
        checkPeer({ remoteAddress, destroy }, judged);
      }).toThrow('this address may not be called');
    expect(destroy).toHaveBeenCalledTimes(4);
  });

  it('ignores a proxy in the environment', async () => {
    process.env.HTTP_PROXY = process.env.http_proxy = 'http://127.0.0.1:1/';
    try {
      expect(await post(egressOf({ allowed: '127.0.0.0/8' }), receiver.url)).toMatchObject({ ok: true });
    } finally {
      delete process.env.HTTP_PROXY;
      delete process.env.http_proxy;
    }
  });
});

describe('TLS', () => {
  const certificate = makeCertificate('DNS:customer.com', 'IP:127.0.0.1');
  const loopback = { allowed: '127.0.0.0/8', extraCa: [certificate.cert], resolve: async () => ['127.0.0.1'] };
  let server: Server;
  let seen: { host: string | undefined; servername: unknown; protocol: string | null; alpn: unknown }[];
  let urlOf: (host: string) => string;

  beforeEach(async () => {
    seen = [];
    server = createServer(certificate, (request, response) => {
      const socket = request.socket as unknown as Pick<TLSSocket, 'getProtocol' | 'alpnProtocol'> & { servername: unknown };
      seen.push({ host: request.headers.host, servername: socket.servername, protocol: socket.getProtocol(), alpn: socket.alpnProtocol });
      request.resume().on('end', () => response.end('ok'));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    urlOf = (host) => `https://${host}:${port}/`;
  });

  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it("sends SNI and Host of the URL's name to the pinned address", async () => {
    const answer = await post(egressOf(loopback), urlOf('customer.com'));
    expect(answer).toMatchObject({ ok: true, status: 200 });
    expect(seen).toEqual([{ host: new URL(urlOf('customer.com')).host, servername: 'customer.com', protocol: 'TLSv1.3', alpn: 'http/1.1' }]);
    const { dns, connect, tls, firstByte, total } = answer.timings;
    const marks = [dns, connect, tls, firstByte, total];
    expect(marks).not.toContain(null);
    expect(marks).toEqual([...marks].sort((a, b) => a! - b!));
  });

  it("reports the expiry of a server's certificate for a new connection, and not for a reused one", async () => {
    const egress = egressOf(loopback);
    const answers = [await post(egress, urlOf('127.0.0.1')), await post(egress, urlOf('127.0.0.1'))];
    expect(answers.map(({ carriage }) => carriage?.certificateEndsAt)).toEqual([new X509Certificate(certificate.cert).validToDate.getTime(), undefined]);
  });

  it('checks a literal address against the certificate, without SNI', async () => {
    expect(await post(egressOf(loopback), urlOf('127.0.0.1'))).toMatchObject({ ok: true });
    expect(seen).toMatchObject([{ servername: false }]);
  });

  it.each([
    ['of an unknown authority', 'customer.com', [], 'its certificate is self-signed'],
    ['for another name', 'other.com', [certificate.cert], 'the name does not match its certificate'],
  ])('refuses a certificate %s, whatever the environment says', async (_case, host, extraCa, detail) => {
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      expect(await post(egressOf({ ...loopback, extraCa }), urlOf(host))).toMatchObject({ ok: false, error: { class: 'tls', detail } });
      expect(seen).toEqual([]);
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    }
  });

  it('says in words when a certificate expired, and what else is wrong with it', async () => {
    const authority = makeCertificate('DNS:authority');
    const details = await Promise.all(
      [
        { ...makeCertificateOf(authority, '20200101000000Z', '20210131000000Z'), extraCa: [authority.cert] },
        { ...makeCertificateOf(authority, '20900101000000Z', '20910101000000Z'), extraCa: [authority.cert] },
        { ...makeCertificateOf(authority, '20200101000000Z', '20910101000000Z'), extraCa: [] },
      ].map(async ({ extraCa, ...shown }) => {
        const shows = createServer(shown).listen(0, '127.0.0.1');
        await once(shows, 'listening');
        const answer = await post(egressOf({ ...loopback, extraCa }), `https://customer.com:${(shows.address() as AddressInfo).port}/`);
        shows.close();
        return answer.ok ? null : [answer.error.class, answer.error.detail];
      }),
    );
    expect(details).toEqual([
      ['tls', 'its certificate expired on 2021-01-31'],
      ['tls', 'its certificate is not valid yet'],
      ['tls', 'its certificate is from an unknown issuer, or it does not send the intermediate certificates'],
    ]);
  });

  it.each([
    ['requires a client certificate', { requestCert: true, maxVersion: 'TLSv1.2' }, 'it has no cipher in common with Nuncio, or requires a client certificate'],
    ['requires one after the handshake', { requestCert: true, minVersion: 'TLSv1.3', ALPNProtocols: ['http/1.1'] }, 'it requires a client certificate'],
    ['requires one after the handshake, with HTTP/2', { requestCert: true, minVersion: 'TLSv1.3', ALPNProtocols: ['h2'] }, 'it requires a client certificate'],
    ['has no cipher in common', { maxVersion: 'TLSv1.2', ciphers: 'AES128-GCM-SHA256' }, 'it has no cipher in common with Nuncio, or requires a client certificate'],
    ['has no protocol in common', { ALPNProtocols: ['spdy/3'] }, 'it offers neither HTTP/2 nor HTTP/1.1 (ALPN)'],
  ] satisfies [string, TlsOptions, string][])('says in words what a server wants that %s: OpenSSL had renamed its alerts', async (_, options, detail) => {
    const picky = createTlsServer({ ...certificate, ...options }, (socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1');
    picky.on('tlsClientError', () => undefined);
    await once(picky, 'listening');
    expect(await post(egressOf(loopback), `https://customer.com:${(picky.address() as AddressInfo).port}/`)).toMatchObject({ error: { class: 'tls', detail } });
    picky.close();
  });

  it('speaks TLS 1.2 or later', async () => {
    const old = createServer({ ...certificate, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' }).listen(0, '127.0.0.1');
    await once(old, 'listening');
    expect(await post(egressOf(loopback), `https://customer.com:${(old.address() as AddressInfo).port}/`)).toMatchObject({ error: { class: 'tls' } });
    old.close();
  });

  it('gives the class tls to a server that speaks no TLS, connect to one that hangs up, and timeout to one that says nothing', async () => {
    const egress = egressOf(loopback);
    const treatments: ((socket: Socket) => void)[] = [
      (socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'),
      (socket) => socket.destroy(),
      () => undefined,
    ];
    const [, , saysNothing] = treatments;
    const answers = await Promise.all(
      treatments.map(async (treat) => {
        const server = await startRawServer((socket) =>
          socket.once('data', () => {
            treat(socket);
          }),
        );
        const answer = await post(egress, `https://customer.com:${server.port}/`, treat === saysNothing ? 600 : undefined);
        await server.close();
        return answer;
      }),
    );
    expect(answers).toMatchObject([
      { error: { class: 'tls', detail: 'it does not speak TLS on this port' } },
      { error: { class: 'connect', detail: 'the connection was closed during the TLS handshake' } },
      { error: { class: 'timeout', detail: 'no connection was made in time' }, carriage: { httpVersion: null } },
    ]);
  });

  it('closes the connection of a handshake that was given up', async () => {
    const closed = Promise.withResolvers<unknown>();
    const silent = await startRawServer((socket) => socket.resume().once('close', closed.resolve));
    expect(await post(egressOf(loopback), `https://customer.com:${silent.port}/`, 200)).toMatchObject({ error: { class: 'timeout' } });
    expect(await closed.promise).toBe(false);
    await silent.close();
  });

  it('presents a certificate to a server that asks for it, and never uses the same connection with another certificate or with none', async () => {
    const receiverOwn = makeCertificate('IP:127.0.0.1');
    const [one, two] = [makeCertificate('DNS:one'), makeCertificate('DNS:two')];
    const server = createServer({ ...receiverOwn, requestCert: true, rejectUnauthorized: false }, ({ socket }, response) => {
      const peer = (socket as unknown as Pick<TLSSocket, 'getPeerX509Certificate'>).getPeerX509Certificate();
      response.end(peer?.subjectAltName ?? 'nobody');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const egress = egressOf({ allowed: '127.0.0.0/8', extraCa: [receiverOwn.cert] });
    const seen = async (identity?: TlsIdentity): Promise<string> => {
      const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      const answer = await egress.send({ url, method: 'POST', headers: {}, body: null, timeoutMs: 60_000, maxResponseBytes: 1_000, onOversize: 'cut', ...(identity && { identity }) });
      return answer.ok ? answer.body.toString() : answer.error.class;
    };
    const as = (id: string, { cert, key }: { cert: string; key: string }): TlsIdentity => ({ id, certificate: cert, privateKey: key });
    for (let round = 0; round < 2; round++) expect([await seen(as('1', one)), await seen(as('2', two)), await seen()]).toEqual(['DNS:one', 'DNS:two', 'nobody']);
    expect(await seen(as('3', { cert: one.cert, key: two.key }))).toBe('internal');
    server.closeAllConnections();
    server.close();
  });
});
