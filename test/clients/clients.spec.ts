import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { Receiver } from '@nuncio/fixtures';
import { describe } from '../fleet/contract.js';
import { sharedFleet } from '../fleet/fleet.js';
import { typescript } from './clients.js';

it('gives a fully typed client: from a tenant to a delivery that is sent again, without a cast', async () => {
  const { api } = sharedFleet();
  const cache = join(import.meta.dirname, '../../node_modules/.cache');
  await mkdir(cache, { recursive: true });
  const [dir, receiver] = await Promise.all([mkdtemp(join(cache, 'client-')), Receiver.start()]);
  try {
    const document = join(dir, 'openapi.json');
    await writeFile(document, JSON.stringify(await describe(api.url)));
    await typescript(document, dir, { name: `typed-${Date.now().toString(36)}`, url: api.url, key: api.key, receiver: receiver.url });
    // A sample, the delivery, and the resend.
    expect(receiver.requests.length).toBeGreaterThanOrEqual(2);
  } finally {
    await receiver.close();
    await rm(dir, { recursive: true, force: true });
  }
}, 120_000);
