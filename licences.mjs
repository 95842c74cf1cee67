#!/usr/bin/env node
/** `npm run licences`: the licences of everything in package-lock.json, most frequent first. Status 1 if one of them is not known to be allowed. */
import { readFileSync } from 'node:fs';

const FREE = new Set(['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'BlueOak-1.0.0', 'Unlicense', 'Python-2.0', 'CC0-1.0', 'CC-BY-4.0', 'Public Domain', 'Unicode-3.0']);
/** Allowed for building and testing only; nothing of these is shipped. */
const NOT_SHIPPED = new Set(['MPL-2.0']);
/** Packages whose package.json has no licence, or not in SPDX; read by hand. */
const READ = { ssh2: 'MIT', 'cpu-features': 'MIT', buildcheck: 'MIT', decko: 'MIT', stickyfill: 'MIT', 'url-template': 'BSD-3-Clause' };

const { packages } = JSON.parse(readFileSync(`${import.meta.dirname}/package-lock.json`, 'utf8'));
const installed = Object.entries(packages).filter(([path, { link }]) => path.includes('node_modules/') && !link);
const licences = Map.groupBy(installed, ([path, { license }]) => READ[nameOf(path)] ?? license ?? 'none');
for (const [licence, some] of [...licences].sort(([, a], [, b]) => b.length - a.length))
  console.log(`${String(some.length).padStart(4)}  ${licence.padEnd(28)}${some.length > 4 ? '' : some.map(([path]) => nameOf(path)).join(', ')}`);

// Of alternatives (OR) one must be allowed; of a combination (AND) all must be.
const isFree = (licence) => licence.replace(/[()]/g, '').split(' OR ').some((choice) => choice.split(' AND ').every((part) => FREE.has(part)));
const isNotShipped = (licence, some) => NOT_SHIPPED.has(licence) && some.every(([, { dev }]) => dev);
const others = [...licences].filter(([licence, some]) => !isFree(licence) && !isNotShipped(licence, some)).map(([licence]) => licence);
if (others.length) console.error(`not known to be free: ${others.join(', ')}`);
process.exitCode = others.length ? 1 : 0;

function nameOf(path) {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}
