import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';

const WORKSPACE = fileURLToPath(new URL('../..', import.meta.url));
const rulesIn = (file: string): string => readFileSync(join(WORKSPACE, file), 'utf8').replace(/^import .*$/gm, '');

it('leaves out the same headers in the command and the gateway, though the command imports no library of the project', () => {
  expect(rulesIn('apps/cli/src/end-to-end.ts')).toBe(rulesIn('apps/gateway/src/listeners/end-to-end.ts'));
});
