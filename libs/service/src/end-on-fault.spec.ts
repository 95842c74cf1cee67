import { spawnSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';

const dist = (file: string): string => new URL(`../dist/${file}.js`, import.meta.url).href;
const program = (last: string): string => `
  import { Logger } from '@nestjs/common';
  import { JsonLogger } from '${dist('json-logger')}';
  import { endOnFault } from '${dist('end-on-fault')}';
  Logger.overrideLogger(new JsonLogger({ service: 'spec', version: '1' }, ['fatal']));
  endOnFault();
  setInterval(() => undefined, 1_000);
  ${last}`;

describe('a process', () => {
  it.each([
    ['throws in a timer', `setTimeout(() => { throw new TypeError('of a timer'); });`, 'TypeError: of a timer'],
    ['rejects a promise for which nobody waits', `void Promise.reject(new RangeError('of a promise'));`, 'RangeError: of a promise'],
    ['throws what is no error', `setTimeout(() => { throw 'a text'; });`, 'a text'],
  ])('that %s says so in one line of JSON, and ends with a status of its own', (_, last, said) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program(last)], { encoding: 'utf8', cwd: new URL('..', import.meta.url) });
    const lines = `${stdout}${stderr}`.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([{ level: 'fatal', service: 'spec', message: `a fault of Nuncio ends this process: ${said}` }]);
    expect(status).toBe(70);
  });
});
