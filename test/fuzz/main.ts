import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { exitOnSignal, startServices, startStack } from '@nuncio/embedded';
import { Api } from '@nuncio/fixtures';
import { fuzz } from './fuzz.js';

/**
 * `npm run check:fuzz [-- --calls 20000] [--seed 1]`: prints one line of JSON on standard output; status 1 if an answer was 5xx, or something
 * accepted could not be delivered.
 */
const { values } = parseArgs({ options: { calls: { type: 'string', default: '20000' }, seed: { type: 'string', default: '1' } } });
const log = (line: string): void => {
  console.error(line);
};
exitOnSignal();
const dir = await mkdtemp(join(tmpdir(), 'nuncio-fuzz-'));
const stack = await startStack({ dir, log });
const services = await startServices({ dir, stack, topicPrefix: 'fuzz', env: { RATE_LIMIT_PER_SECOND: '100000', DUPLICATE_WINDOW_SECONDS: '0' }, log });
try {
  const began = performance.now();
  const { faults, ...fuzzed } = await fuzz(new Api(services.url, services.adminKey), Number(values.seed), Number(values.calls));
  console.log(JSON.stringify({ ...fuzzed, faults: faults.length, seconds: Math.round((performance.now() - began) / 1_000) }));
  for (const fault of faults) log(fault);
  process.exitCode = faults.length === 0 ? 0 : 1;
} finally {
  await services.stop();
  await stack.stop();
  await rm(dir, { recursive: true, force: true });
}
