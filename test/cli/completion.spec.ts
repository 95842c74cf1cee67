import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sharedFleet } from '../fleet/fleet.js';
import { CompletingShell, SHELLS, type Shell } from './shells.js';

const isThere = (shell: Shell): boolean => {
  try {
    execFileSync('sh', ['-c', `command -v ${shell}`]);
    return true;
  } catch {
    return false;
  }
};

describe('the completion of nuncio', () => {
  const fleet = sharedFleet();
  const tenant = `completed-${randomUUID().slice(0, 8)}`;
  const other = `uncompleted-${randomUUID().slice(0, 8)}`;
  let dir: string;
  let key: string;
  let callback: string;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'nuncio-completion-'));
    for (const id of [tenant, other]) await fleet.api.post('/v1/tenants', { id, name: id });
    ({ id: callback } = await fleet.api.post<{ id: string }>('/v1/callbacks', { tenant, name: 'Ledger', externalId: 'ledger', url: 'http://127.0.0.1:1' }));
    ({ key } = await fleet.api.post<{ key: string }>('/v1/api-keys', { name: tenant, role: 'consumer', tenant }));
  });
  afterAll(async () => {
    await Promise.all([rm(dir, { recursive: true }), fleet.cluster.close()]);
  });

  // With CI set, a shell that is missing fails the test.
  (process.env.CI ? it.each(SHELLS) : it.each(SHELLS.filter(isThere)))('offers commands, options and their values, ids and external ids in %s', async (shell) => {
    const running = await CompletingShell.start(shell, dir, { NUNCIO_URL: fleet.api.url, NUNCIO_API_KEY: key });
    const lines: [line: string, completed: string][] = [
      ['nuncio operations w', 'nuncio operations watch'],
      ['nuncio deliveries --sta', 'nuncio deliveries --status'],
      ['nuncio deliveries --status canc', 'nuncio deliveries --status canceled'],
      ['nuncio deliveries --where errorC', 'nuncio deliveries --where errorClass='],
      ['nuncio deliveries --where errorClass=blocked', 'nuncio deliveries --where errorClass=blocked_address'],
      ['nuncio api-keys create --role publ', 'nuncio api-keys create --role publisher'],
      ['nuncio callbacks show c', `nuncio callbacks show ${callback}`],
      ['nuncio callbacks show ext:l', 'nuncio callbacks show ext:ledger'],
      ['nuncio recover cb', `nuncio recover ${callback}`],
      ['nuncio listen --dialect pers', 'nuncio listen --dialect persona'],
      ['nuncio completion fi', 'nuncio completion fish'],
    ];
    try {
      for (const [line, completed] of lines) expect({ line, completed: (await running.completed(line)).map((one) => one.trimEnd()) }).toEqual({ line, completed: [completed] });
    } finally {
      await running.close();
    }
  });

  it('offers nothing, and says nothing, where the installation cannot be reached', async () => {
    const running = await CompletingShell.start('bash', dir, { NUNCIO_URL: 'http://127.0.0.1:1', NUNCIO_API_KEY: 'x' });
    try {
      expect(await running.completed('nuncio callbacks show cb_')).toEqual(['nuncio callbacks show cb_']);
    } finally {
      await running.close();
    }
  });
});
