import { afterEach, describe, expect, it } from '@jest/globals';
import { freePort } from '@nuncio/embedded';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import type { Answer } from './answer.js';
import { Egress } from './egress.js';
import { EgressAllowSetting } from './egress-allow.js';
import { systemResolver } from './resolver.js';
import { startDnsServer } from './testing/dns-server.js';
import { startRawServer } from './testing/raw-server.js';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
const closed = <T extends { close(): unknown }>(one: T): T => {
  closing.push(() => one.close());
  return one;
};

const post = (egress: Egress, url: string): Promise<Answer> =>
  egress.send({ url, method: 'POST', headers: {}, body: Buffer.from('{}'), timeoutMs: 10_000, maxResponseBytes: 1_000, onOversize: 'cut' });
const classOf = (answer: Answer): string => (answer.ok ? 'ok' : answer.error.class);

/**
 * The answers of DNS for a name, used in turn, one per question (their number and that of a call's questions have no common divisor). Only 127.0.0.2
 * may be called.
 */
const FLIPS: readonly (readonly string[])[] = [
  ['127.0.0.2'],
  ['127.0.0.1'],
  ['127.0.0.2', '127.0.0.1'],
  ['127.0.0.2'],
  ['127.0.0.2'],
  ['::1'],
  ['127.0.0.2', '::ffff:7f00:1'],
  ['127.0.0.1', '127.0.0.2'],
  ['127.0.0.2'],
  ['10.0.0.1', '127.0.0.2'],
  ['127.0.0.2', '127.0.0.2'],
];

describe('a name whose address changes', () => {
  it('connects to no denied address, 1,000 times, between connections and within one answer', async () => {
    // The allowed server hangs up, so that every call needs a new connection and look-up.
    const allowed = closed(await startRawServer((socket) => socket.destroy(), '127.0.0.2', await freePort()));
    const denied = [
      closed(await startRawServer(() => undefined, '127.0.0.1', allowed.port)),
      closed(await startRawServer(() => undefined, '::1', allowed.port)),
    ];
    let asked = 0;
    const dns = closed(await startDnsServer(() => FLIPS[asked++ % FLIPS.length] ?? []));
    const egress = closed(new Egress({ allow: EgressAllowSetting.parse('127.0.0.2'), resolve: systemResolver([dns.address]) }));

    const classes = new Map<string, number>();
    for (let i = 0; i < 1_000; i += 25) {
      const answers = await Promise.all(Array.from({ length: 25 }, (_, n) => post(egress, `https://customer-${n}.com:${allowed.port}/`)));
      for (const answer of answers) classes.set(classOf(answer), (classes.get(classOf(answer)) ?? 0) + 1);
    }

    expect(denied.map(({ accepted }) => accepted)).toEqual([0, 0]);
    expect(classes.get('blocked_address')).toBeGreaterThan(200);
    expect(classes.get('connect')).toBeGreaterThan(200);
    // One question per family and call: nothing was remembered, although the TTL is an hour.
    expect(dns.questions.length).toBe(2_000);
    expect(allowed.accepted).toBe(classes.get('connect'));
  });
});

describe('the sockets of a process', () => {
  it('are only those that the guard has allowed, to the addresses that it checked', async () => {
    const opened: string[] = [];
    const watch = (message: unknown): void => {
      const { socket } = message as { socket: Socket };
      socket.on('connectionAttempt', (address: string, port: number) => opened.push(`${address} ${port}`));
    };
    subscribe('net.client.socket', watch);
    closing.push(() => unsubscribe('net.client.socket', watch));

    const redirect = 'HTTP/1.1 307 Temporary Redirect\r\nlocation: http://127.0.0.1:1/\r\nconnection: close\r\ncontent-length: 0\r\n\r\n';
    const server = closed(await startRawServer((socket) => socket.once('data', () => socket.end(redirect))));
    const { port } = server;
    const zone: Record<string, string[]> = {
      good: ['127.0.0.1'],
      two: ['127.0.0.5', '127.0.0.1'],
      bad: ['10.0.0.1'],
      mixed: ['127.0.0.1', '169.254.169.254'],
      none: [],
    };
    const dns = closed(await startDnsServer((name) => zone[name.split('.')[0] ?? ''] ?? []));
    const egress = closed(
      new Egress({ allow: EgressAllowSetting.parse(`127.0.0.1,127.0.0.5:${port},localhost:${port}`), resolve: systemResolver([dns.address]) }),
    );

    // What each call must lead to by itself: an attempt at every judged address until one answers. (TLS to a server of plain HTTP fails after that.)
    const calls: [url: string, attempts: string[]][] = [
      [`http://127.0.0.1:${port}/`, [`127.0.0.1 ${port}`]],
      [`https://127.0.0.1:${port}/`, [`127.0.0.1 ${port}`]],
      [`https://good.customer.com:${port}/`, [`127.0.0.1 ${port}`]],
      [`https://two.customer.com:${port}/`, [`127.0.0.5 ${port}`, `127.0.0.1 ${port}`]],
      ['https://two.customer.com:4433/', []],
      [`http://good.customer.com:${port}/`, []],
      [`https://bad.customer.com:${port}/`, []],
      [`https://mixed.customer.com:${port}/`, []],
      [`https://none.customer.com:${port}/`, []],
      [`http://127.0.0.2:${port}/`, []],
      [`http://[::1]:${port}/`, []],
      [`http://[::ffff:127.0.0.1]:${port}/`, []],
      [`http://2130706433:${port}/`, []],
      [`http://user@127.0.0.1:${port}/`, []],
      ['ftp://127.0.0.1/', []],
    ];
    for (let round = 0; round < 2; round++) {
      for (const [url, attempts] of calls) {
        opened.length = 0;
        await post(egress, url);
        expect([url, ...opened]).toEqual([url, ...attempts]);
      }
    }
  });
});
