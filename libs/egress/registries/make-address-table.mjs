/**
 * Makes src/address-table.ts from the registries in this folder, which have the format that IANA publishes (see README.md): node
 * libs/egress/registries/make-address-table.mjs > libs/egress/src/address-table.ts
 */
import { readFileSync } from 'node:fs';
import { BlockList, isIPv6 } from 'node:net';
import { join } from 'node:path';

const REGISTRIES = ['iana-ipv4-special-registry-1.csv', 'iana-ipv6-special-registry-1.csv', 'besides.csv'];

const rows = outermost(REGISTRIES.flatMap((file) => read(file)));
process.stdout.write(`// Made by registries/make-address-table.mjs of the CSV files beside it. Do not edit.

/** A block, and what reserves it. */
type Row = readonly [block: string, reason: string];

/** The ranges of IPv4 that are not the public internet. */
export const deniedIpv4: readonly Row[] = [
${print(rows.filter(({ block }) => !isIPv6(block.split('/')[0])))}
];

/** All that is assigned for global unicast (https://www.iana.org/assignments/ipv6-address-space). Whatever lies outside of it is denied. */
export const globalIpv6 = '2000::/3';

/** The ranges of IPv6 that are not the public internet. */
export const deniedIpv6: readonly Row[] = [
${print(rows.filter(({ block }) => isIPv6(block.split('/')[0])))}
];
`);

/** Every block, whatever its column "Globally Reachable" says: the reachable ones are relays and anycast services, never a customer's server. */
function read(file) {
  const [, ...lines] = readFileSync(join(import.meta.dirname, file), 'utf8').trim().split('\n');
  return lines.flatMap((line) => {
    const [blocks, name, rfc] = [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain);
    const source = [...rfc.matchAll(/\[RFC(\d+)\]/g)].map(([, number]) => `RFC ${number}`);
    // A block may have a footnote, `192.0.0.0/24 [2]`, and a row may have two blocks.
    return blocks.split(',').map((block) => ({ block: block.replace(/\[\d+\]/, '').trim(), reason: [name, ...source].join(', ') }));
  });
}

/** Leaves out blocks that are within another one. */
function outermost(all) {
  return all.filter(({ block }) => !all.some((other) => other.block !== block && lengthOf(other.block) <= lengthOf(block) && holds(other.block, block)));
}

function holds(outer, inner) {
  const [base, prefix] = outer.split('/');
  const family = isIPv6(base) ? 'ipv6' : 'ipv4';
  const [address] = inner.split('/');
  if (isIPv6(address) !== isIPv6(base)) return false;
  const list = new BlockList();
  list.addSubnet(base, Number(prefix), family);
  return list.check(address, family);
}

function lengthOf(block) {
  return Number(block.split('/')[1]);
}

function print(some) {
  return some.map(({ block, reason }) => `  ['${block}', ${quote(reason)}],`).join('\n');
}

function quote(text) {
  return text.includes("'") ? JSON.stringify(text) : `'${text}'`;
}
