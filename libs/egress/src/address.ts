import ipaddr from 'ipaddr.js';
import { isIP } from 'node:net';

/** An IP address as bytes: 4 for IPv4, 16 for IPv6. All decisions are made on bytes, never on a spelling. */
export type Address = Readonly<Uint8Array>;

/** The addresses whose first `prefix` bits are those of `base`. */
export interface Block {
  readonly base: Address;
  readonly prefix: number;
}

/** Parses canonical spellings only (dotted decimal; RFC 4291 §2.2 without a zone); null = anything else. */
export function parseAddress(text: string): Address | null {
  if (isIP(text) === 0 || text.includes('%')) return null;
  return Uint8Array.from(ipaddr.parse(text).toByteArray());
}

export const formatAddress = (address: Address): string => ipaddr.fromByteArray([...address]).toString();

/** Parses `10.0.0.0/8`, or an address as a block of one; null = neither, or bits are set after the prefix. */
export function parseBlock(text: string): Block | null {
  const [, spelled = '', length] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const base = parseAddress(spelled);
  if (!base) return null;
  const bits = base.length * 8;
  const prefix = length === undefined ? bits : Number(length);
  if (prefix > bits) return null;
  for (let bit = prefix; bit < bits; bit++) if (bitOf(base, bit)) return null;
  return { base, prefix };
}

export function contains({ base, prefix }: Block, address: Address): boolean {
  if (address.length !== base.length) return false;
  const whole = prefix >> 3;
  for (let i = 0; i < whole; i++) if (address[i] !== base[i]) return false;
  const rest = prefix & 7;
  return rest === 0 || (byteOf(address, whole) ^ byteOf(base, whole)) >> (8 - rest) === 0;
}

export const sameAddress = (a: Address, b: Address): boolean => contains({ base: a, prefix: a.length * 8 }, b);

const byteOf = (address: Address, index: number): number => address[index] ?? 0;
const bitOf = (address: Address, bit: number): number => (byteOf(address, bit >> 3) >> (7 - (bit & 7))) & 1;
