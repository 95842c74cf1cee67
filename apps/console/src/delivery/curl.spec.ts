import { execFileSync } from 'node:child_process';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { quoted } from './curl.js';

it('quotes whatever was sent so that a shell hands it on unchanged', () => {
  const texts = fc.sample(fc.string({ unit: 'binary-ascii' }).map((text) => text.replaceAll('\0', '')), 200).concat("it's", '$(id)', '`id`', '\\', '!!', '"');
  const printed = execFileSync('sh', ['-c', `printf '%s\\0' ${texts.map(quoted).join(' ')}`]).toString();
  expect(printed.split('\0').slice(0, -1)).toEqual(texts);
});
