import { setTimeout as delay } from 'node:timers/promises';
import { Fault } from '@nuncio/contracts';
import { rewrap, type KeyRing } from '@nuncio/sealing';
import type { DataSource } from 'typeorm';
import { eachBatch, tables, takeInventory, type Inventory } from './rows.js';
import { mapSealed, ringOf, sealing, sealingKinds, type RingName, type SealingKind } from './sealed-values.js';

export type Rings = Readonly<Record<RingName, KeyRing>>;

type Say = (line: string) => void;

const PUBLISHED_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 250;
const UNPUBLISHED = 'select count(*)::int as count from config.aggregates where wrapping > wrapping_published and not deleted';

/**
 * Puts every stored secret under the active key of its ring, while everything runs: the wrapping of its data key is made anew, its ciphertext stays (ADR 40).
 * It may be ended at any moment and given again; what is done is done. Resolves when it has looked at every row once more and found no other key.
 * Throws Fault `conflict` with what to do where that is not so.
 */
export async function rotate(database: DataSource, rings: Rings, say: Say): Promise<void> {
  refuseUnknownKeys(await takeInventory(database), rings);
  for (const table of tables) for (const kind of sealingKinds) await rewrapTable(database, table, kind, rings, say);
  await published(database, say);
  prove(await takeInventory(database), rings, say);
}

async function rewrapTable(database: DataSource, table: (typeof tables)[number], kind: SealingKind, rings: Rings, say: Say): Promise<void> {
  let done = 0;
  await eachBatch(database, table, kind, async (rows, manager) => {
    for (const { key, value } of rows) {
      let differs = false;
      const rewrapped = mapSealed(sealing[kind], value, (sealed, name) => {
        const again = rewrap(rings[ringOf(kind, name)], sealed);
        differs ||= again !== sealed;
        return again;
      });
      if (differs) await table.write(manager, kind, { key, value: rewrapped as typeof value });
    }
    done += rows.length;
    if (rows.length) say(`${kind} ${table.name}: ${done} looked through`);
  });
}

/** Whoever starts from the topic must find the new wrapping there before the old key may go. */
async function published(database: DataSource, say: Say): Promise<void> {
  for (const deadline = Date.now() + PUBLISHED_WITHIN_MS; ; ) {
    const [left] = await database.query<{ count: number }[]>(UNPUBLISHED);
    if (!left?.count) return;
    if (Date.now() > deadline) throw new Fault('conflict', `${left.count} states are not on config.state yet: config-service publishes them when it runs. Keep the old keys, and give the command again`);
    say(`${left.count} states to be published`);
    await delay(LOOK_EVERY_MS);
  }
}

const names = ['SIGNING_KEYS', 'CLIENT_KEYS'] as const;

function refuseUnknownKeys(inventory: Inventory, rings: Rings): void {
  for (const name of names)
    for (const [id, count] of inventory[name]) if (!rings[name].keys.has(id)) throw new Fault('conflict', `${count} secrets lie under the key "${id}", which is not in ${name}: put it at the end`);
}

function prove(inventory: Inventory, rings: Rings, say: Say): void {
  for (const name of names) {
    const { active } = rings[name];
    const others = [...inventory[name].keys()].filter((id) => id !== active);
    if (others.length) throw new Fault('conflict', `something was sealed under ${others.join(', ')} of ${name} meanwhile: start config-service with "${active}" in front, and give the command again`);
    say(`${name}: all ${inventory[name].get(active) ?? 0} secrets lie under ${active}, none under another key`);
  }
}
