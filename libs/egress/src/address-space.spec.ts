import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { BlockList, isIPv6 } from 'node:net';
import { type Address, formatAddress } from './address.js';
import { isPublic } from './classify.js';

/**
 * The whole address space, checked against an implementation that shares nothing with the guard: neither table, parser nor comparison. First and last
 * addresses, written down from the RFCs.
 */
const DENIED_IPV4 = `
  0.0.0.0-0.255.255.255 10.0.0.0-10.255.255.255 100.64.0.0-100.127.255.255 127.0.0.0-127.255.255.255 169.254.0.0-169.254.255.255
  172.16.0.0-172.31.255.255 192.0.0.0-192.0.0.255 192.0.2.0-192.0.2.255 192.31.196.0-192.31.196.255 192.52.193.0-192.52.193.255
  192.88.99.0-192.88.99.255 192.168.0.0-192.168.255.255 192.175.48.0-192.175.48.255 198.18.0.0-198.19.255.255 198.51.100.0-198.51.100.255
  203.0.113.0-203.0.113.255 224.0.0.0-255.255.255.255 168.63.129.16-168.63.129.16`;

const ranges = DENIED_IPV4.trim()
  .split(/\s+/)
  .map((range) => range.split('-').map(toNumber) as [number, number]);

function toNumber(dotted: string): number {
  return dotted.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

const deniedIpv4 = (value: number): boolean => ranges.some(([first, last]) => value >= first && value <= last);

/**
 * Allowed: 2000::/3 without 2001:0–1ff, 2001:db8, 2002, 2620:4f:8000 and 3fff:0–fff. An ISATAP identifier is allowed only with an allowed IPv4
 * address.
 */
function deniedIpv6(value: bigint): boolean {
  const word = (index: number): number => Number((value >> BigInt(112 - 16 * index)) & 0xffffn);
  if (word(0) < 0x2000 || word(0) > 0x3fff || word(0) === 0x2002) return true;
  if (word(0) === 0x2001 && (word(1) < 0x200 || word(1) === 0xdb8)) return true;
  if (word(0) === 0x2620 && word(1) === 0x4f && word(2) === 0x8000) return true;
  if (word(0) === 0x3fff && word(1) < 0x1000) return true;
  return (word(4) === 0 || word(4) === 0x200) && word(5) === 0x5efe && deniedIpv4(Number(value & 0xffffffffn));
}

const ipv4 = (value: number): Address => Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
const ipv6 = (value: bigint): Address => Uint8Array.from({ length: 16 }, (_, i) => Number((value >> BigInt(120 - 8 * i)) & 0xffn));

describe('the address table', () => {
  it('is what the registries say', () => {
    const made = execFileSync(process.execPath, [new URL('../registries/make-address-table.mjs', import.meta.url).pathname], { encoding: 'utf8' });
    expect(readFileSync(new URL('address-table.ts', import.meta.url), 'utf8')).toBe(made);
  });
});

describe('isPublic, against a second opinion', () => {
  it('says the same of every one of the 16,777,216 networks of 256 IPv4 addresses', () => {
    // Computed once, so that this check takes no longer than the guard itself.
    const denied = new Uint8Array(1 << 24);
    for (const [first, last] of ranges) if (last - first >= 255) denied.fill(1, first / 256, (last + 1) / 256);
    const address = new Uint8Array(4);
    const wrong: string[] = [];
    for (let network = 0; network < 1 << 24; network++) {
      address[0] = network >> 16;
      address[1] = network >> 8;
      address[2] = network;
      // Uses every last byte. One block is smaller than a /24, so for a mismatch the ranges are checked too.
      address[3] = (network * 167) >> 3;
      const judged = isPublic(address);
      if (judged === (denied[network] === 1) && judged === deniedIpv4(toNumber(address.join('.')))) wrong.push(address.join('.'));
    }
    expect(wrong).toEqual([]);
  });

  it('says the same at every edge of a block and one address to either side', () => {
    const edges = ranges
      .flatMap(([first, last]) => [first - 1, first, first + 1, last - 1, last, last + 1])
      .filter((value) => value >= 0 && value <= 0xffffffff);
    expect(edges.length).toBeGreaterThan(100);
    expect(edges.filter((value) => isPublic(ipv4(value)) === deniedIpv4(value))).toEqual([]);
  });

  it('says the same of IPv6 at the edges of everything in a registry, and of every prefix of 16 and of 2001::/16', () => {
    const words = Array.from({ length: 0x10000 }, (_, word) => BigInt(word));
    const edges = [...blocksOf('iana-ipv6-special-registry-1.csv'), { base: 0x2000n << 112n, prefix: 3 }].flatMap(({ base, prefix }) => {
      const end = base + (1n << BigInt(128 - prefix));
      return [base - 1n, base, base + 1n, end - 2n, end - 1n, end];
    });
    const all = [
      ...edges.filter((value) => value >= 0n && value < 1n << 128n),
      ...words.map((word) => (word << 112n) | 0x1234n),
      ...words.map((word) => (0x2001n << 112n) | (word << 96n) | 0xffffn),
    ];
    expect(all.filter((value) => isPublic(ipv6(value)) === deniedIpv6(value)).map((value) => formatAddress(ipv6(value)))).toEqual([]);
  });

  it('says the same of 50,000 IPv6 addresses that contain an IPv4 address, including ISATAP', () => {
    const next = numbers(1);
    const prefixes = [0x26064700n, 0x2a001450n, 0x2001_0200n, 0x20020000n, 0x20010000n, 0x0064ff9bn, 0n, 0xfe800000n].map((high) => high << 96n);
    const wrong: string[] = [];
    for (let i = 0; i < 50_000; i++) {
      const embedded = BigInt(i % 2 ? next() : edgeOf(next()));
      const identifier = [0x00005efen, 0x02005efen, 0x00005effn, 0x01005efen, 0x0000ffffn, 0x03005efen, 0x80005efen][next() % 7] ?? 0n;
      const value = (prefixes[next() % prefixes.length] ?? 0n) | (identifier << 32n) | embedded;
      if (isPublic(ipv6(value)) === deniedIpv6(value)) wrong.push(formatAddress(ipv6(value)));
    }
    expect(wrong).toEqual([]);
  });

  it("says the same as Node's own BlockList of the registries, for 50,000 addresses of either family", () => {
    // One list per family: a BlockList treats IPv4 as IPv4-mapped, and the registry has ::ffff:0:0/96.
    const lists = { ipv4: new BlockList(), ipv6: new BlockList() };
    for (const file of ['iana-ipv4-special-registry-1.csv', 'iana-ipv6-special-registry-1.csv', 'besides.csv'])
      for (const { text, prefix } of blocksOf(file)) lists[isIPv6(text) ? 'ipv6' : 'ipv4'].addSubnet(text, prefix, isIPv6(text) ? 'ipv6' : 'ipv4');
    const next = numbers(2);
    const wrong: string[] = [];
    for (let i = 0; i < 50_000; i++) {
      const v4 = formatAddress(ipv4(next()));
      if (isPublic(ipv4(toNumber(v4))) === lists.ipv4.check(v4)) wrong.push(v4);
      const global = (1n << 125n) | (BigInt(next() >>> 3) << 96n) | (BigInt(next()) << 64n) | BigInt(next());
      if (isPublic(ipv6(global)) === lists.ipv6.check(formatAddress(ipv6(global)), 'ipv6')) wrong.push(formatAddress(ipv6(global)));
    }
    expect(wrong).toEqual([]);
  });
});

/** The blocks in a registry's file, found by a pattern instead of by columns. */
function blocksOf(file: string): { text: string; base: bigint; prefix: number }[] {
  const csv = readFileSync(new URL(`../registries/${file}`, import.meta.url), 'utf8');
  return [...csv.matchAll(/(?:^|, |")([0-9a-f.:]+)\/(\d+)/gm)].map(([, text = '', prefix]) => ({
    text,
    base: isIPv6(text) ? toBigInt(text) : 0n,
    prefix: Number(prefix),
  }));
}

function toBigInt(text: string): bigint {
  const [front = '', back = ''] = new URL(`http://[${text}]/`).hostname.slice(1, -1).split('::');
  const words = (part: string): string[] => part.split(':').filter((word) => word !== '');
  const zeros = 8 - words(front).length - words(back).length;
  const all = [...words(front), ...Array<string>(zeros).fill('0'), ...words(back)];
  return BigInt(`0x${all.map((word) => word.padStart(4, '0')).join('')}`);
}

/** An edge of a denied range, or its neighbour. */
function edgeOf(n: number): number {
  const [first, last] = ranges[n % ranges.length] ?? [0, 0];
  return Math.min(0xffffffff, Math.max(0, [first - 1, first, last, last + 1][(n >>> 8) % 4] ?? 0));
}

/** 32 random bits per call, the same in every run (xorshift). */
function numbers(seed: number): () => number {
  let state = seed * 0x9e3779b9;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
