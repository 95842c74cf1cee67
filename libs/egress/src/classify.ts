import { type Address, type Block, contains, parseBlock } from './address.js';
import { deniedIpv4, deniedIpv6, globalIpv6 } from './address-table.js';

/**
 * Whether an address is on the public internet, by the IANA special-purpose registries. Any tenant's URL may lead to such an address.
 */
export const isPublic = (address: Address): boolean => (address.length === 4 ? isPublicIpv4(address) : isPublicIpv6(address));

const isPublicIpv4 = (address: Address): boolean => !ipv4.some((block) => contains(block, address));

function isPublicIpv6(address: Address): boolean {
  if (!contains(global, address) || ipv6.some((block) => contains(block, address))) return false;
  return !isIsatap(address) || isPublicIpv4(address.subarray(12));
}

/** RFC 5214 §6.1: an interface identifier 0:5efe or 200:5efe contains the IPv4 address that packets are sent to. */
const isIsatap = (address: Address): boolean => ((address[8] ?? 0) & 0xfd) === 0 && address[9] === 0 && address[10] === 0x5e && address[11] === 0xfe;

function block(text: string): Block {
  const parsed = parseBlock(text);
  if (!parsed) throw new Error(`the address table has an unreadable block: ${text}`);
  return parsed;
}

const ipv4 = deniedIpv4.map(([text]) => block(text));
const ipv6 = deniedIpv6.map(([text]) => block(text));
const global = block(globalIpv6);
