import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { exitOnSignal, startServices, startStack } from '@nuncio/embedded';
import { Api } from '@nuncio/fixtures';
import { Cluster } from '../fleet/kafka.js';
import { walk } from './walk.js';

/**
 * `npm run model [-- --steps 10000] [--seed 1]`: prints one line of JSON on standard output, progress on standard error. Status 1 if API and model
 * differ.
 */
const { values } = parseArgs({ options: { steps: { type: 'string', default: '10000' }, seed: { type: 'string', default: '1' } } });
const log = (line: string): void => {
  console.error(line);
};
exitOnSignal();
const dir = await mkdtemp(join(tmpdir(), 'nuncio-model-'));
const stack = await startStack({ dir, log });
const services = await startServices({ dir, stack, topicPrefix: 'model', log });
const cluster = new Cluster(stack.brokers, services.topicPrefix);
try {
  const began = performance.now();
  const { steps, statuses } = await walk({ api: new Api(services.url, services.adminKey), cluster }, Number(values.seed), Number(values.steps));
  console.log(JSON.stringify({ steps, seed: Number(values.seed), seconds: Math.round((performance.now() - began) / 100) / 10, statuses }));
} catch (error) {
  process.exitCode = 1;
  log(String(error));
} finally {
  await cluster.close();
  await services.stop();
  await stack.stop();
  await rm(dir, { recursive: true, force: true });
}
