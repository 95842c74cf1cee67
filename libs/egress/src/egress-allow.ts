import { z } from 'zod';
import { type Address, type Block, contains, parseBlock } from './address.js';

/** What the operator (never a tenant) allows besides the public internet, also over plain http and on any port. `port` null = every port. */
export interface EgressAllow {
  readonly names: readonly { readonly name: string; readonly port: number | null }[];
  readonly blocks: readonly { readonly block: Block; readonly port: number | null }[];
}

export const nothingAllowed: EgressAllow = { names: [], blocks: [] };

export const allowsName = (allow: EgressAllow, name: string, port: number): boolean =>
  allow.names.some((entry) => entry.name === name && (entry.port ?? port) === port);

export const allowsAddress = (allow: EgressAllow, address: Address, port: number): boolean =>
  allow.blocks.some((entry) => (entry.port ?? port) === port && contains(entry.block, address));

/**
 * `EGRESS_ALLOW`: a comma list of ranges and names, each with an optional port: `127.0.0.0/8`, `10.1.2.3:8080`, `[fd00::/8]:8443`,
 * `receiver.internal`. Absent or empty = nothing. Faults name every unreadable entry.
 */
export const EgressAllowSetting = z
  .string()
  .default('')
  .transform((text, ctx): EgressAllow => {
    const names: EgressAllow['names'][number][] = [];
    const blocks: EgressAllow['blocks'][number][] = [];
    for (const entry of text.split(',').map((part) => part.trim().toLowerCase())) {
      if (entry === '') continue;
      const read = readEntry(entry);
      if (!read) ctx.addIssue({ code: 'custom', message: `"${entry}" is neither a range (10.0.0.0/8, [fd00::/8]) nor a name, with or without :port` });
      else if ('block' in read) blocks.push(read);
      else names.push(read);
    }
    return { names, blocks };
  });

function readEntry(entry: string): EgressAllow['names'][number] | EgressAllow['blocks'][number] | null {
  const unbracketed = parseBlock(entry);
  if (unbracketed) return { block: unbracketed, port: null };
  const [, ipv6, other = '', digits] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(entry) ?? [];
  const port = digits === undefined ? null : Number(digits);
  if (port !== null && (port < 1 || port > 65_535)) return null;
  const block = parseBlock(ipv6 ?? other);
  if (block) return { block, port };
  return NAME.test(other) ? { name: other, port } : null;
}

/** Letters, digits, hyphens and underscores. The last label must not be only digits: that would be an address. */
const NAME = /^(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*(?=[^.]*[a-z])[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;
