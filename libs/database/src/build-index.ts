import { createHash } from 'node:crypto';
import type { QueryRunner } from 'typeorm';

/**
 * How long a migration waits for a lock. Writers wait behind it, so it gives up soon and is tried again. Put before a statement in the same text: the two
 * are one transaction.
 */
export const BRIEFLY = 'SET LOCAL lock_timeout = 2000';

interface Index {
  readonly name: string;
  /** `schema.table`, partitioned or not. */
  readonly table: string;
  /** The SQL after the table's name: `(tenant, event_at) WHERE …`, `USING gin (…)`. */
  readonly on: string;
  readonly unique?: boolean;
}

/**
 * Builds an index while rows are written; `CREATE INDEX` alone keeps writers out until it is done. For a migration with `transaction = false`. A valid
 * index is left as it is; an invalid one of an interrupted run is built again. Each partition of a partitioned table gets its own index; the table's
 * index is valid as soon as all partitions have theirs.
 */
export async function buildIndex(runner: QueryRunner, { name, table, on, unique = false }: Index): Promise<void> {
  const [schema = ''] = table.split('.');
  const [found] = (await runner.query(`select relkind = 'p' as parted from pg_class where oid = $1::regclass`, [table])) as { parted: boolean }[];
  if (!found?.parted) return concurrently(runner, { schema, name, table, on, unique });
  // On the parent this is only a line in the catalogue. Partitions that are made from now on get the index at once.
  await runner.query(`${BRIEFLY}; CREATE ${kind(unique)} IF NOT EXISTS ${name} ON ONLY ${table} ${on}`);
  for (const { partition, of } of await without(runner, schema, name, table)) {
    const own = `${name.slice(0, 40)}_${createHash('sha256').update(of).digest('hex').slice(0, 12)}`;
    await concurrently(runner, { schema, name: own, table: partition, on, unique });
    await runner.query(`${BRIEFLY}; ALTER INDEX ${schema}.${name} ATTACH PARTITION ${schema}.${own}`);
  }
}

/** The partitions whose index is not attached yet. */
const without = (runner: QueryRunner, schema: string, name: string, table: string): Promise<{ partition: string; of: string }[]> =>
  runner.query(
    `select inhrelid::regclass::text as partition, c.relname as of from pg_inherits join pg_class c on c.oid = inhrelid where inhparent = $1::regclass and not exists (
       select from pg_inherits i join pg_index x on x.indexrelid = i.inhrelid where i.inhparent = $2::regclass and x.indrelid = c.oid) order by c.relname`,
    [table, `${schema}.${name}`],
  ) as Promise<{ partition: string; of: string }[]>;

async function concurrently(runner: QueryRunner, { schema, name, table, on, unique = false }: Index & { schema: string }): Promise<void> {
  const [broken] = (await runner.query('select from pg_index where indexrelid = to_regclass($1) and not indisvalid', [`${schema}.${name}`])) as object[];
  if (broken) await runner.query(`DROP INDEX CONCURRENTLY ${schema}.${name}`);
  await runner.query(`CREATE ${kind(unique)} CONCURRENTLY IF NOT EXISTS ${name} ON ${table} ${on}`);
}

const kind = (unique: boolean): string => (unique ? 'UNIQUE INDEX' : 'INDEX');
