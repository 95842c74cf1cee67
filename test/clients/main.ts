import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { exitOnSignal, startServices, startStack } from '@nuncio/embedded';
import { Receiver } from '@nuncio/fixtures';
import { describe } from '../fleet/contract.js';
import { clients } from './clients.js';

/**
 * `npm run check:clients [-- typescript python java go oapi-codegen]`: each generates a client from the description that a running installation
 * publishes, and compiles a flow with it (tenant, callback, subscription, publish, list, resend; in TypeScript also signatures, a portal session and
 * deletion). All but Java run it. Needs Maven and Java, Python, and Go; fails if one is missing.
 */
const { positionals } = parseArgs({ allowPositionals: true });
const names = positionals.length ? positionals : Object.keys(clients);
const log = (line: string): void => {
  console.error(line);
};
exitOnSignal();
// Within the workspace, so that the TypeScript flow finds its modules.
const cache = join(import.meta.dirname, '../../../node_modules/.cache');
await mkdir(cache, { recursive: true });
const dir = await mkdtemp(join(cache, 'clients-'));
const stack = await startStack({ dir, log });
const services = await startServices({ dir, stack, topicPrefix: 'clients', names: ['config-service', 'attempt-log', 'gateway', 'dispatcher'], restart: false, log });
const receiver = await Receiver.start();
try {
  const document = join(dir, 'openapi.json');
  await writeFile(document, JSON.stringify(await describe(services.url)));
  for (const name of names) {
    const client = clients[name];
    if (!client) throw new Error(`there is no client "${name}"; there are ${Object.keys(clients).join(', ')}`);
    const place = join(dir, name);
    await mkdir(place);
    const failed = await client(document, place, { name: `by-${name}`, url: services.url, key: services.adminKey, receiver: receiver.url }).then(
      () => null,
      (error: unknown) => error,
    );
    console.log(JSON.stringify({ client: name, ok: failed === null }));
    if (failed === null) continue;
    log(failed instanceof Error ? failed.message : JSON.stringify(failed));
    process.exitCode = 1;
  }
} finally {
  await receiver.close();
  await services.stop();
  await stack.stop();
  await rm(dir, { recursive: true, force: true });
}
