import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';

const WORKSPACE = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string): string => readFileSync(join(WORKSPACE, file), 'utf8');

it('has the same number for each limit in docs/security.md and the code', () => {
  const rows = [...read('docs/security.md').matchAll(/^\| ([\d,]+) \| .* \| `(\S+)` `([A-Z_]+)` \|$/gm)];
  expect(rows.length).toBeGreaterThan(15);
  const said = rows.map(([, limit = '', file, name]) => `${file} ${name} ${limit.replaceAll(',', '')}`);
  const found = rows.map(([, , file = '', name = '']) => {
    const [, value] = new RegExp(`^(?:export )?const ${name} = ([\\d_]+);`, 'm').exec(read(file)) ?? [];
    return `${file} ${name} ${value?.replaceAll('_', '')}`;
  });
  expect(said).toEqual(found);
});
