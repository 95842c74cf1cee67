import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';

const WORKSPACE = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string): string => readFileSync(join(WORKSPACE, file), 'utf8');

const TABLE = /^\| ([\d,]+) \| .* \| `(\S+)` `([A-Z_]+)` \|$/gm;

it('has the same number for each limit in docs/security.md and the code', () => {
  const rows = [...read('docs/security.md').matchAll(TABLE)];
  expect(rows.length).toBeGreaterThan(15);
  const said = rows.map(([, limit = '', file, name]) => `${file} ${name} ${limit.replaceAll(',', '')}`);
  const found = rows.map(([, , file = '', name = '']) => {
    const [, value] = new RegExp(`^(?:export )?const ${name} = ([\\d_]+);`, 'm').exec(read(file)) ?? [];
    return `${file} ${name} ${value?.replaceAll('_', '')}`;
  });
  expect(said).toEqual(found);
});

/** What refuses beyond a share by a constant: a counter of what is under way or of a rate, and an answer that names its limit. */
const SHARES = [/(?:new (?:InFlight|Places|RateLimit)|super)\(([A-Z][A-Z_]+)\b/g, /new Fault\('(?:too-many-requests|too-large|unavailable)'.*?\$\{([A-Z][A-Z_]+)\}/g];

it('leaves out no share: whatever refuses beyond a constant has its line in docs/security.md', () => {
  const files = globSync('{apps,libs}/*/src/**/*.ts', { cwd: WORKSPACE, exclude: ['**/*.spec.ts', '**/node_modules/**', 'apps/{console,cli,local}/**', 'libs/{fixtures,embedded}/**'] });
  const told = new Set(Array.from(read('docs/security.md').matchAll(TABLE), ([, , , name]) => name));
  const found = files.flatMap((file) => SHARES.flatMap((share) => Array.from(read(file).matchAll(share), ([, name]) => ({ file, name }))));
  expect(found.length).toBeGreaterThan(10);
  expect(found.filter(({ name }) => !told.has(name))).toEqual([]);
});
