import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { describe } from '../fleet/contract.js';
import { sharedFleet } from '../fleet/fleet.js';
import { typescript } from './clients.js';

it('gives a fully typed client: from a tenant over verified signatures and a portal session to the deletion of all of it, without a cast', async () => {
  const { api } = sharedFleet();
  const cache = join(import.meta.dirname, '../../node_modules/.cache');
  await mkdir(cache, { recursive: true });
  const dir = await mkdtemp(join(cache, 'client-'));
  try {
    const document = join(dir, 'openapi.json');
    await writeFile(document, JSON.stringify(await describe(api.url)));
    await expect(typescript(document, dir, { name: `typed-${Date.now().toString(36)}`, url: api.url, key: api.key, receiver: '' })).resolves.toBeUndefined();
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});
