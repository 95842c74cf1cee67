import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Secret } from '@nuncio/sealing';
import { hashApiKey } from '@nuncio/service';
import type { DataSource } from 'typeorm';
import { EventStore, nuncio } from '../event-store/index.js';
import { ApiKeyPrincipals, ensureBootstrapKey } from './api-key-principals.js';
import { apiKey } from './api-key.js';
import { openConfig, type ConfigDatabase } from '../testing/config-database.js';

const PEPPER = new Secret('a pepper that only this spec knows');
const [FIRST, SECOND] = [new Secret('the first key of the operator'), new Secret('the second key of the operator')];

let fresh: ConfigDatabase;
let database: DataSource;
let store: EventStore;

beforeAll(async () => {
  Logger.overrideLogger(false);
  fresh = await openConfig();
  database = fresh.dataSource;
  store = new EventStore(database);
});
afterAll(async () => {
  await fresh.drop();
});

/** Starts with this key, and says which of both lets one in. */
async function startWith(key: Secret): Promise<boolean[]> {
  await ensureBootstrapKey(store, PEPPER, key);
  // It remembers unknown keys for a second.
  const principals = new ApiKeyPrincipals(store);
  return Promise.all([FIRST, SECOND].map(async (one) => (await principals.find(hashApiKey(PEPPER, one.reveal()))) !== null));
}
const revoke = (): Promise<void> => store.transact(nuncio, async (tx) => tx.delete(apiKey, await tx.get(apiKey, 'key_bootstrap')));

it('takes the key of the settings at each start, in place of the one before, and never one that was revoked', async () => {
  expect(await startWith(FIRST)).toEqual([true, false]);
  expect(await startWith(FIRST)).toEqual([true, false]);
  expect(await startWith(SECOND)).toEqual([false, true]);
  expect(await startWith(FIRST)).toEqual([true, false]);
  await revoke();
  expect(await startWith(FIRST)).toEqual([false, false]);
  expect(await startWith(SECOND)).toEqual([false, true]);
  expect(await startWith(FIRST)).toEqual([false, true]);
  await revoke();
  expect(await startWith(SECOND)).toEqual([false, false]);
  expect(await startWith(FIRST)).toEqual([false, false]);
});
