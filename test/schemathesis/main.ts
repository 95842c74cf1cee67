import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { exitOnSignal, startServices, startStack } from '@nuncio/embedded';
import { Api, Receiver } from '@nuncio/fixtures';
import { describe } from '../fleet/contract.js';
import { install } from './install.js';
import { schemathesis } from './schemathesis.js';
import { seed, withSeeds } from './seed.js';

/**
 * `npm run check:api [-- --examples 150] [--minutes 12]`: schemathesis makes requests from the published OpenAPI document. Fails at a 5xx, at every
 * answer that is not as described, and with fewer than `CASES` requests. The dispatcher delivers one event and is stopped then, so that nothing calls
 * the URLs that schemathesis makes up.
 */
const CASES = 5_000;

const { values } = parseArgs({ options: { examples: { type: 'string', default: '150' }, minutes: { type: 'string', default: '12' } } });
const log = (line: string): void => {
  console.error(line);
};
exitOnSignal();
const command = await install(log);
const dir = await mkdtemp(join(tmpdir(), 'nuncio-schemathesis-'));
const stack = await startStack({ dir, log });
const services = await startServices({
  dir,
  stack,
  topicPrefix: 'schemathesis',
  names: ['config-service', 'attempt-log', 'gateway', 'dispatcher'],
  env: { RATE_LIMIT_PER_SECOND: '100000' },
  restart: false,
  log,
});
const receiver = await Receiver.start();
try {
  const api = new Api(services.url, services.adminKey);
  const [kept, doomed] = [await seed(api, 'kept', receiver.url), await seed(api, 'doomed', receiver.url)];
  await services.kill('dispatcher', 'SIGTERM');
  const file = join(dir, 'openapi.json');
  await writeFile(file, JSON.stringify(withSeeds(await describe(services.url), kept, doomed)));
  const { ok, cases } = await schemathesis(command, { file, url: services.url, key: services.adminKey, dir, examples: Number(values.examples), minutes: Number(values.minutes) });
  console.log(JSON.stringify({ ok, cases }));
  process.exitCode = ok && cases >= CASES ? 0 : 1;
} finally {
  await receiver.close();
  await services.stop();
  await stack.stop();
  await rm(dir, { recursive: true, force: true });
}
