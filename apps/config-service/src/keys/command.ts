import { randomBytes } from 'node:crypto';
import { DatabaseUrl, openDatabase } from '@nuncio/database';
import { KeyRingSetting } from '@nuncio/sealing';
import { loadConfig, publicHalf } from '@nuncio/service';
import { z } from 'zod';
import { configDatabase } from '../database.js';
import { rotate } from './rotate.js';
import { takeInventory } from './rows.js';

const USAGE = `npm run keys -- <command>
  new <id>   prints a new key for one of the *_KEYS settings
  public     prints PORTAL_PUBLIC_KEYS for PORTAL_KEYS
  list       tells how many secrets lie under which key
  rotate     puts all of them under the first key of SIGNING_KEYS and CLIENT_KEYS`;

const [command, id = ''] = process.argv.slice(2);
const database = async () => openDatabase(configDatabase((await loadConfig(z.object({ DATABASE_URL: DatabaseUrl }))).DATABASE_URL));

/** The command for key-encryption keys. */
switch (command) {
  case 'new':
    if (!/^[A-Za-z0-9_-]{1,32}$/.test(id)) fail('give it an id of up to 32 letters, digits, - and _: npm run keys -- new 2026-05');
    console.log(`${id}:${randomBytes(32).toString('base64')}`);
    break;
  case 'public': {
    const { PORTAL_KEYS } = await loadConfig(z.object({ PORTAL_KEYS: KeyRingSetting }));
    console.log([...PORTAL_KEYS.keys].map(([key, seed]) => `${key}:${publicHalf(seed)}`).join(','));
    break;
  }
  case 'list': {
    const store = await database();
    for (const [kind, keys] of Object.entries(await takeInventory(store))) for (const [key, count] of keys) console.log(`${kind.padEnd(12)}${key.padEnd(34)}${count}`);
    await store.destroy();
    break;
  }
  case 'rotate': {
    const { SIGNING_KEYS: callback, CLIENT_KEYS: credential } = await loadConfig(z.object({ SIGNING_KEYS: KeyRingSetting, CLIENT_KEYS: KeyRingSetting }));
    const store = await database();
    try {
      await rotate(store, { callback, credential }, (line) => {
        console.log(line);
      });
    } catch (error) {
      fail(error instanceof Error ? error.message : String(error));
    }
    await store.destroy();
    break;
  }
  default:
    fail(USAGE);
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
