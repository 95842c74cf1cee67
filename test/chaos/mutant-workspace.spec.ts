import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { mutate } from './mutant-workspace.js';
import { mutants } from './mutants.js';

const WORKSPACE = fileURLToPath(new URL('../..', import.meta.url));

describe('a mutant', () => {
  it.each(mutants)('$name applies to the build', async (mutant) => {
    for (const { file } of mutant.replacements) {
      const built = await readFile(`${WORKSPACE}/${file}`, 'utf8');
      expect(mutate(built, file, mutant)).not.toBe(built);
    }
  });

  it('is refused if it applies nowhere, or at more than one place', () => {
    const mutant = { name: 'blunt', replacements: [{ file: 'a.js', find: 'x', put: 'y' }] };
    expect(() => mutate('abc', 'a.js', mutant)).toThrow('stands 0 times');
    expect(() => mutate('x x', 'a.js', mutant)).toThrow('stands 2 times');
  });
});
