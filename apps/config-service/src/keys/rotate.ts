import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { Fault } from '@nuncio/contracts';
import { rewrap, type KeyRing } from '@nuncio/sealing';
import type { DataSource, EntityManager } from 'typeorm';
import { eachBatch, tables, takeInventory, type Inventory, type Row } from './rows.js';
import { mapSealed, sealing, sealingKinds, type SealingKind } from './sealed-values.js';

/** `CLIENT_KEYS` as `credential`, `SIGNING_KEYS` as `callback`. */
type Rings = Readonly<Record<(typeof sealing)[SealingKind]['ring'], KeyRing>>;

const ringOf = (kind: SealingKind, rings: Rings): KeyRing => rings[sealing[kind].ring];

type Say = (line: string) => void;

const PUBLISHED_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 250;
const UNPUBLISHED = 'select count(*)::int as count from config.aggregates where wrapping > wrapping_published and not deleted';

/**
 * Puts every stored secret under the active key of its ring, while all services run. The secret's data key is wrapped anew; its ciphertext stays (ADR
 * 9). May be interrupted at any time and run again. Resolves once it has checked every row again and found no other key. Throws Fault `conflict` that
 * says what to do otherwise.
 */
export async function rotate(database: DataSource, rings: Rings, say: Say): Promise<void> {
  refuseUnknownKeys(await takeInventory(database), rings);
  for (const table of tables) for (const kind of sealingKinds) await rewrapTable(database, table, kind, ringOf(kind, rings), say);
  await published(database, say);
  prove(await takeInventory(database), rings, say);
}

async function rewrapTable(database: DataSource, table: (typeof tables)[number], kind: SealingKind, ring: KeyRing, say: Say): Promise<void> {
  let done = 0;
  const rewrapRows = async (rows: readonly Row[], manager: EntityManager): Promise<void> => {
    for (const { key, value } of rows) {
      const rewrapped = mapSealed(kind, value, (sealed) => rewrap(ring, sealed)) as typeof value;
      // The row matched because of another kind of secret, or a name that looks like one.
      if (isDeepStrictEqual(rewrapped, value)) continue;
      await table.write(manager, kind, { key, value: rewrapped });
      done++;
    }
  };
  await eachBatch(database, table, kind, ring.active, rewrapRows, () => {
    if (done) say(`${kind} ${table.name}: ${done} under ${ring.active}`);
  });
}

/** Waits until the new wrapping is on the topic: services that start read it there, so the old key must stay until then. */
async function published(database: DataSource, say: Say): Promise<void> {
  for (const deadline = Date.now() + PUBLISHED_WITHIN_MS; ; ) {
    const [left] = await database.query<{ count: number }[]>(UNPUBLISHED);
    if (!left?.count) return;
    if (Date.now() > deadline) throw new Fault('conflict', `${left.count} states are not on config.state yet: config-service publishes them while it runs. Keep the old keys, and run the command again`);
    say(`${left.count} states to be published`);
    await delay(LOOK_EVERY_MS);
  }
}

function refuseUnknownKeys(inventory: Inventory, rings: Rings): void {
  for (const kind of sealingKinds)
    for (const [id, count] of inventory[kind]) if (!ringOf(kind, rings).keys.has(id)) throw new Fault('conflict', `${count} secrets of ${kind}s lie under the key "${id}", which is not in the ring: put it at the end of the ring`);
}

function prove(inventory: Inventory, rings: Rings, say: Say): void {
  for (const kind of sealingKinds) {
    const { active } = ringOf(kind, rings);
    const others = [...inventory[kind].keys()].filter((id) => id !== active);
    if (others.length) throw new Fault('conflict', `something was sealed under ${others.join(', ')} meanwhile: start config-service with "${active}" first, and run the command again`);
    say(`${kind}s: all ${inventory[kind].get(active) ?? 0} secrets lie under ${active}, none under another key`);
  }
}
