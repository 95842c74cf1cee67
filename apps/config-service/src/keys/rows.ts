import type { DataSource, EntityManager } from 'typeorm';
import { mapSealed, ringOf, sealing, sealingKinds, type RingName, type SealingKind } from './sealed-values.js';

/** A row with secrets in it: `key` is a position of the event store, or an aggregate's id. */
export interface Row {
  readonly key: string;
  readonly value: Record<string, unknown>;
}

/** Where sealed secrets are kept. `read` answers the next rows after the one of that key. */
export interface Table {
  readonly name: string;
  readonly first: string;
  read(manager: EntityManager, kind: SealingKind, after: string): Promise<Row[]>;
  write(manager: EntityManager, kind: SealingKind, row: Row): Promise<unknown>;
}

const AT_ONCE = 100;

/** A regular expression of PostgreSQL. It may find a text that looks like a secret; what is one, sealed-values.ts decides. */
const SEALED = '"s1\\.[A-Za-z0-9_-]{1,32}\\.[A-Za-z0-9_-]{80}\\.';

const events: Table = {
  name: 'events',
  first: '0',
  read: (manager, kind, after) =>
    manager.query<Row[]>(
      `select position as key, data as value from config.events where position > $1 and stream like $2 and data::text ~ $3 order by position limit ${AT_ONCE}`,
      [after, `${kind}-%`, SEALED],
    ),
  write: (manager, _, { key, value }) => manager.query('update config.events set data = $2 where position = $1', [key, value]),
};

const states: Table = {
  name: 'states',
  first: '',
  read: async (manager, kind, after) => {
    // In line with all commands (event-store.ts), so that none changes a state under our hands.
    await manager.query('select position from config.head for update');
    return manager.query<Row[]>(`select id as key, state as value from config.aggregates where kind = $1 and id > $2 and state::text ~ $3 order by id limit ${AT_ONCE}`, [kind, after, SEALED]);
  },
  write: (manager, kind, { key, value }) => manager.query('update config.aggregates set state = $3, wrapping = wrapping + 1 where kind = $1 and id = $2', [kind, key, value]),
};

export const tables: readonly Table[] = [events, states];

/** Each batch in a transaction of its own: all of it or nothing, and the next one goes on from there. */
export async function eachBatch(database: DataSource, table: Table, kind: SealingKind, work: (rows: Row[], manager: EntityManager) => Promise<void>): Promise<void> {
  for (let after = table.first; ; ) {
    const rows = await database.transaction(async (manager) => {
      const batch = await table.read(manager, kind, after);
      await work(batch, manager);
      return batch;
    });
    after = rows.at(-1)?.key ?? after;
    if (rows.length < AT_ONCE) return;
  }
}

/** How many secrets lie under which key, by ring. */
export type Inventory = Readonly<Record<RingName, ReadonlyMap<string, number>>>;

/** Everything that is stored, looked at one by one. */
export async function takeInventory(database: DataSource): Promise<Inventory> {
  const counts = { SIGNING_KEYS: new Map<string, number>(), CLIENT_KEYS: new Map<string, number>() };
  for (const table of tables)
    for (const kind of sealingKinds)
      await eachBatch(database, table, kind, (rows) => {
        for (const { value } of rows)
          mapSealed(sealing[kind], value, (sealed, name) => {
            const [, id = ''] = sealed.split('.');
            const count = counts[ringOf(kind, name)];
            count.set(id, (count.get(id) ?? 0) + 1);
            return sealed;
          });
        return Promise.resolve();
      });
  return counts;
}
