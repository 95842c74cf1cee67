import { execFileSync } from 'node:child_process';
import { expect, it } from '@jest/globals';
import { freePort } from './free-port.js';

const MODULE = new URL('../dist/free-port.js', import.meta.url).href;
const elsewhere = (preferred?: number): number => Number(execFileSync(process.execPath, ['--input-type=module', '-e', `import { freePort } from ${JSON.stringify(MODULE)}; console.log(await freePort(${String(preferred)}))`], { encoding: 'utf8' }));

it('gives to no other process a port that one has reserved and does not listen on yet: a broker lost its port to a concurrent run', async () => {
  const port = await freePort();
  expect(elsewhere(port)).not.toBe(port);
});

it('gives a port again when the process that had it has ended', async () => {
  const port = elsewhere();
  expect(await freePort(port)).toBe(port);
  expect(await freePort(port)).not.toBe(port);
});
