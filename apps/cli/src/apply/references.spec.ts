import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { hasReference, resolved } from './references.js';

const env = { TOKEN: 'abc', EMPTY: '' };

it('replaces references by variables and files, anywhere in a text, at any depth', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nuncio-references-'));
  writeFileSync(join(folder, 'key.pem'), 'first\nsecond\n');
  expect(resolved({ headers: { authorization: 'Bearer ${env:TOKEN}' }, list: ['${file:key.pem}', 7, null] }, folder, env)).toEqual({
    value: { headers: { authorization: 'Bearer abc' }, list: ['first\nsecond', 7, null] },
    faults: [],
  });
  rmSync(folder, { recursive: true });
});

it('leaves alone text that only looks like a reference, and escaped references', () => {
  const value = { a: '$TOKEN ${TOKEN} ${other:TOKEN}', b: '$${env:TOKEN}' };
  expect(resolved(value, '.', env)).toEqual({ value: { ...value, b: '${env:TOKEN}' }, faults: [] });
  expect(Object.values(value).some(hasReference)).toBe(false);
  expect(hasReference('a ${env:TOKEN}')).toBe(true);
});

it('reports where each unresolved reference is, and why', () => {
  const { faults } = resolved({ a: ['${env:NONE}', '${env:EMPTY}'], b: { c: '${file:none.txt}' } }, '/nowhere', env);
  expect(faults).toEqual([
    { path: ['a', 0], detail: 'the environment variable NONE is not set' },
    { path: ['a', 1], detail: 'the environment variable EMPTY is not set' },
    { path: ['b', 'c'], detail: 'the file /nowhere/none.txt cannot be read: ENOENT' },
  ]);
});
