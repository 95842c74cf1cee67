import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identitiesIn } from './identities.js';
import { ProcessGroup } from './process-group.js';
import { silent } from './progress.js';
import type { ServerContext } from './server-context.js';

/** A directory for servers of one test. `stop` ends them and deletes all their data. */
export interface OwnServers extends ServerContext {
  stop(): Promise<void>;
}

export async function ownServers(name: string): Promise<OwnServers> {
  const dir = await mkdtemp(join(tmpdir(), `nuncio-${name}-`));
  const logs = join(dir, 'logs');
  await mkdir(logs);
  const group = await ProcessGroup.claim(join(dir, 'servers.json'), silent);
  const stop = async (): Promise<void> => {
    await group.stop();
    await rm(dir, { recursive: true, force: true });
  };
  return { dir, logs, group, identities: await identitiesIn(join(dir, 'identities')), tls: null, lasting: false, env: process.env, stop };
}
