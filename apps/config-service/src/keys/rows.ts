import type { DataSource, EntityManager } from 'typeorm';
import { keysIn, sealing, sealingKinds, type SealingKind } from './sealed-values.js';

/** A row with secrets. `key`: a position of the event store, or an aggregate's id. */
export interface Row {
  readonly key: string;
  readonly value: Record<string, unknown>;
}

/** A table with sealed secrets. `read` returns the next rows after `key` that have a secret under another key than `active`; null = under any key. */
interface Table {
  readonly name: string;
  readonly first: string;
  read(manager: EntityManager, kind: SealingKind, after: string, active: string | null): Promise<Row[]>;
  write(manager: EntityManager, kind: SealingKind, row: Row): Promise<unknown>;
}

const AT_ONCE = 100;

/** A regular expression for PostgreSQL. It also matches texts that only look like secrets; sealed-values.ts tells them apart. */
const under = (active: string | null): string => `s1\\.${active === null ? '' : `(?!${active}\\.)`}[A-Za-z0-9_-]{1,32}\\.[A-Za-z0-9_-]{80}\\.`;

const events: Table = {
  name: 'events',
  first: '0',
  read: (manager, kind, after, active) =>
    manager.query<Row[]>(
      `select position as key, data as value from config.events where position > $1 and stream like $2 and data::text ~ $3 order by position limit ${AT_ONCE}`,
      [after, `${sealing[kind].of}-%`, under(active)],
    ),
  write: (manager, _, { key, value }) => manager.query('update config.events set data = $2 where position = $1', [key, value]),
};

const states: Table = {
  name: 'states',
  first: '',
  read: async (manager, kind, after, active) => {
    // Takes the lock of all commands (event-store.ts), so that no state changes meanwhile.
    await manager.query('select position from config.head for update');
    return manager.query<Row[]>(`select id as key, state as value from config.aggregates where kind = $1 and id > $2 and state::text ~ $3 order by id limit ${AT_ONCE}`, [sealing[kind].of, after, under(active)]);
  },
  write: (manager, kind, { key, value }) => manager.query('update config.aggregates set state = $3, wrapping = wrapping + 1 where kind = $1 and id = $2', [sealing[kind].of, key, value]),
};

export const tables: readonly Table[] = [events, states];

/** Each batch has a transaction of its own, and the next batch continues after it. */
export async function eachBatch(database: DataSource, table: Table, kind: SealingKind, active: string | null, work: (rows: Row[], manager: EntityManager) => Promise<void>, committed: () => void = () => undefined): Promise<void> {
  for (let after = table.first; ; ) {
    const rows = await database.transaction(async (manager) => {
      const batch = await table.read(manager, kind, after, active);
      await work(batch, manager);
      return batch;
    });
    if (rows.length) committed();
    after = rows.at(-1)?.key ?? after;
    if (rows.length < AT_ONCE) return;
  }
}

/** By kind, the number of secrets under each key. */
export type Inventory = Readonly<Record<SealingKind, ReadonlyMap<string, number>>>;

/** Reads everything that is stored, and counts the secrets. */
export async function takeInventory(database: DataSource): Promise<Inventory> {
  const counts = Object.fromEntries(sealingKinds.map((kind) => [kind, new Map<string, number>()])) as Record<SealingKind, Map<string, number>>;
  for (const table of tables)
    for (const kind of sealingKinds)
      await eachBatch(database, table, kind, null, (rows) => {
        for (const id of rows.flatMap(({ value }) => keysIn(kind, value))) counts[kind].set(id, (counts[kind].get(id) ?? 0) + 1);
        return Promise.resolve();
      });
  return counts;
}
