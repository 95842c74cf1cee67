import { describe, expect, it } from '@jest/globals';
import { isIP } from 'node:net';
import { parseAddress } from './address.js';
import { nothingAllowed } from './egress-allow.js';
import { checkUrl } from './target.js';

const words = (text: string): string[] => text.trim().split(/\s+/);

/** At least one address of every block that is not the public internet. */
const DENIED = words(`
  0.0.0.0 10.0.0.1 10.255.255.255 100.64.0.1 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.8 192.0.2.1 192.31.196.1
  192.52.193.1 192.88.99.1 192.168.0.1 192.168.255.255 192.175.48.1 198.18.0.1 198.51.100.7 203.0.113.1 224.0.0.1 240.0.0.1 255.255.255.255 168.63.129.16`);

type Write = (part: number) => string;
const bases: Write[] = [
  String,
  (part) => `0${part.toString(8)}`,
  (part) => `0x${part.toString(16)}`,
  (part) => `0X${part.toString(16).toUpperCase().padStart(8, '0')}`,
];

/**
 * The four parts, each in each base; then three, two and one, of which the last holds the rest (as `inet_aton` reads them).
 */
function* inBases(address: string): Generator<string> {
  const octets = address.split('.').map(Number);
  for (const parts of [4, 3, 2, 1]) {
    const rest = octets.slice(parts - 1).reduce((sum, octet) => sum * 256 + octet, 0);
    yield* products([...octets.slice(0, parts - 1), rest].map((part) => bases.map((write) => write(part)))).map((written) => written.join('.'));
  }
}

const products = (choices: string[][]): string[][] =>
  choices.reduce<string[][]>((all, some) => all.flatMap((one) => some.map((choice) => [...one, choice])), [[]]);

/** Spellings that a URL parser, or a careless one, turns back into the host. */
const disguises: ((host: string) => string)[] = [
  (host) => host,
  (host) => `${host}.`,
  (host) => host.replace(/\d/, (digit) => `%3${digit}`),
  (host) => Array.from(host, (character) => `%${character.charCodeAt(0).toString(16)}`).join(''),
  (host) => host.replaceAll('.', '%2E'),
  (host) => host.replace(/[0-9a-z]/gi, fullWidth),
  (host) => host.replace(/\d/, (digit) => fullWidth(digit)),
  (host) => host.replace(/[1-9]/, (digit) => String.fromCodePoint(0x2460 - 1 + Number(digit))),
  (host) => host.replaceAll('.', '。'),
  (host) => host.replaceAll('.', '．'),
  (host) => `${host}\u00ad`,
  (host) => `${host}%00`,
];
const fullWidth = (character: string): string => String.fromCodePoint(character.charCodeAt(0) + 0xfee0);

/** IPv6 addresses that contain an IPv4 address: mapped, compatible, translated, NAT64, 6to4, Teredo, ISATAP. */
function holders(address: string): string[] {
  const octets = address.split('.').map(Number);
  const pair = (at: number, mask = 0): string => ((((octets[at] ?? 0) << 8) | (octets[at + 1] ?? 0)) ^ mask).toString(16);
  const [high, low] = [pair(0), pair(2)];
  const teredo = `2001:0:4136:e378:8000:63bf:${pair(0, 0xffff)}:${pair(2, 0xffff)}`;
  const before = words('::ffff: :: ::ffff:0: 64:ff9b:: 64:ff9b:1:: 2606:4700::5efe: 2606:4700::200:5efe: fe80::5efe:');
  return [...before.flatMap((prefix) => [`${prefix}${high}:${low}`, `${prefix}${address}`]), `2002:${high}:${low}::`, `2002:${high}:${low}::1`, teredo];
}

const spellingsOfIpv6: ((address: string) => string)[] = [
  (address) => `[${address}]`,
  (address) => `[${address.toUpperCase()}]`,
  (address) => `[${address.replace(/(?<=:)([0-9a-f]{1,3})(?=:|$)/g, (word) => word.padStart(4, '0'))}]`,
  (address) => `[${address.replace('::', ':0:')}]`,
  (address) => `[${address}%25eth0]`,
  (address) => `[${address}%eth0]`,
  (address) => `[${address}].`,
  (address) => address,
  (address) => `%5B${address}%5D`,
];

const internalNames = words(
  'localhost x.localhost printer.local db.internal metadata.google.internal router.home.arpa hidden.onion x.invalid x.test x.example',
);

/** A name with a letter of another script that is folded to the same, another script's dot, or an invisible character. */
function inOtherScripts(name: string): string[] {
  const letters = Array.from(name).flatMap((letter, i) => {
    if (letter === '.') return ['。', '．', '｡', '%2e'].map((dot) => name.slice(0, i) + dot + name.slice(i + 1));
    const circled = String.fromCodePoint(0x24d0 + letter.charCodeAt(0) - 97);
    const script = String.fromCodePoint(0x1d41a + letter.charCodeAt(0) - 97);
    return [fullWidth(letter), letter.toUpperCase(), circled, script, `%${letter.charCodeAt(0).toString(16)}`, `${letter}\u00ad`, `${letter}\u200b`].map(
      (other) => name.slice(0, i) + other + name.slice(i + 1),
    );
  });
  return [name, `${name}.`, `${name}..`, ...letters];
}

const hosts = new Set([
  ...DENIED.flatMap((address) => [...inBases(address)].flatMap((host) => disguises.map((disguise) => disguise(host)))),
  ...DENIED.flatMap((address) => holders(address).flatMap((held) => spellingsOfIpv6.map((spell) => spell(held)))),
  ...internalNames.flatMap(inOtherScripts),
]);

describe('a denied address', () => {
  it(`is refused in each of ${hosts.size} spellings`, () => {
    expect(hosts.size).toBeGreaterThan(50_000);
    expect([...hosts].filter((host) => checkUrl(`https://${host}/hook`, nothingAllowed).ok)).toEqual([]);
  });

  it('is read from most of these spellings by a parser that repairs them, so that refusing them matters', () => {
    const repaired = [...hosts].filter((host) => isIP(URL.parse(`https://${host}/`)?.hostname.replace(/[[\]]/g, '') ?? '') > 0);
    expect(repaired.length).toBeGreaterThan(50_000);
  });

  it('is read from an answer of DNS only in the canonical spelling', () => {
    const canonical = new Set([...DENIED, ...DENIED.flatMap(holders).map((held) => parseAddress(held)?.join('.'))]);
    const read = [...hosts].map((host) => parseAddress(host)).filter((address) => address?.length === 4);
    expect(new Set(read.map((address) => address?.join('.'))).size).toBe(DENIED.length);
    expect(read.every((address) => canonical.has(address?.join('.')))).toBe(true);
  });
});

describe('a public address', () => {
  it('is accepted: 5,000 of IPv4 and 5,000 of IPv6', () => {
    // Blocks of regional registries without a special-purpose block.
    const first = [1, 2, 8, 9, 11, 23, 34, 52, 80, 91, 99, 101, 126, 128, 140, 151, 170, 173, 185, 191, 193, 197, 199, 202, 204, 217, 223];
    const prefixes = words('2001:200 2001:4860 2400:cb00 2606:4700 2620:fe 2620:4f:8001 2a00:1450 2a02:26f0 2c0f:fb50 3ffe:1 2003:1 20ff:1');
    const at = <T>(list: readonly T[], i: number): T => list[i % list.length]!;
    const urls = Array.from({ length: 5_000 }, (_, i) => [
      `https://${at(first, i)}.${(i * 7) % 256}.${(i * 31) % 256}.${(i * 101) % 256}/`,
      `https://[${at(prefixes, i)}::${((i * 40_503) % 0xffff).toString(16)}:${((i * 7_919) % 0xffff).toString(16)}]/`,
    ]).flat();
    expect(urls.length).toBe(10_000);
    expect(urls.filter((url) => !checkUrl(new URL(url).href, nothingAllowed).ok)).toEqual([]);
  });
});
