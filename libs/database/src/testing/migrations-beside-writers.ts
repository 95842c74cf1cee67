import { MigrationExecutor, type QueryRunner } from 'typeorm';
import { createDataSource, type DatabaseOptions } from '../data-source.js';

/** The number of rows that are put into each table, and into each partition. Tables with fewer rows are not checked. */
const ROWS = 50;
/** The lock modes that block writers (https://www.postgresql.org/docs/current/explicit-locking.html). */
const KEEPS_OUT = ['ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'];
/** Statements that block writers while they run. Outside a transaction each statement is a transaction of its own, so only such a statement blocks for long. */
const SLOW_BY_ITSELF = /(?:^|;)\s*(?:create (?:unique )?index (?!concurrently|if not exists \w+ on only)|update |delete |cluster |vacuum full|reindex (?!.*concurrently)|alter table [^;]*(?:type|not valid|validate|set not null))/i;

interface Table {
  readonly oid: string;
  readonly name: string;
  readonly parted: boolean;
  readonly file: string;
  readonly reads: string;
  readonly writes: string;
}

/**
 * Runs the migrations on an empty database. Before each migration after the one called `after`, it fills the existing tables. Returns a sentence for each migration that would block the
 * service's writers for long: it locks a table against writers, and reads, writes or copies a table's rows in the same transaction. All other locks are short, however large a table
 * is. And one for each index that takes the longer to write the more rows have the same value.
 */
export async function migrationsInTheWay(options: DatabaseOptions, after: string): Promise<string[]> {
  const database = await createDataSource({ ...options, poolSize: 1 }).initialize();
  const runner = database.createQueryRunner();
  try {
    await runner.query(`create schema if not exists "${options.schema}"`);
    const executor = new MigrationExecutor(database, runner);
    const pending = await executor.getPendingMigrations();
    const faults: string[] = [];
    let isLooking = false;
    for (const migration of pending) {
      if (!isLooking) await executor.executeMigration(migration);
      else {
        await fill(runner, options.schema);
        const outside = migration.instance?.transaction === false;
        const told = outside ? await statementsOf(runner, () => executor.executeMigration(migration)) : await locksOf(runner, options.schema, () => executor.executeMigration(migration));
        faults.push(...told.map((fault) => `${migration.name} ${fault}`));
      }
      isLooking ||= migration.name === after;
    }
    return isLooking ? [...faults, ...(await slowIndexes(runner, options.schema))] : [`there is no migration ${after}`];
  } finally {
    await runner.release();
    await database.destroy();
  }
}

/** An index of the kind `hash` keeps rows of one value in a chain of pages, and goes through it for each new row. */
async function slowIndexes(runner: QueryRunner, schema: string): Promise<string[]> {
  const rows = (await runner.query(`select c.relname as name from pg_class c join pg_am a on a.oid = c.relam where c.relnamespace = $1::regnamespace and a.amname = 'hash'`, [schema])) as { name: string }[];
  return rows.map(({ name }) => `${name} is a hash index: a B-tree of a hash takes many rows of one value`);
}

async function locksOf(runner: QueryRunner, schema: string, migrate: () => Promise<unknown>): Promise<string[]> {
  await runner.query('BEGIN');
  const before = await tables(runner, schema);
  await migrate();
  const locked = (await runner.query(`select relation::text as oid, mode from pg_locks where pid = pg_backend_pid() and locktype = 'relation' and mode = any ($1)`, [KEEPS_OUT])) as { oid: string; mode: string }[];
  const now = new Map((await tables(runner, schema)).map((table) => [table.oid, table]));
  await runner.query('COMMIT');
  const slow = before.flatMap(({ oid, name, file, reads, writes }) => {
    const table = now.get(oid);
    if (!table) return [];
    if (table.file !== file) return [`writes ${name} anew`];
    if (Number(table.writes) - Number(writes) >= ROWS) return [`changes every row of ${name}`];
    return Number(table.reads) - Number(reads) >= ROWS ? [`reads every row of ${name}`] : [];
  });
  const held = before.filter(({ oid }) => locked.some((lock) => lock.oid === oid)).map(({ name }) => name);
  return slow.length && held.length ? [`${slow.join(', ')}, and keeps writers out of ${held.join(', ')} meanwhile`] : [];
}

async function statementsOf(runner: QueryRunner, migrate: () => Promise<unknown>): Promise<string[]> {
  const texts: string[] = [];
  const query = runner.query.bind(runner);
  runner.query = ((text: string, ...more: []) => {
    texts.push(text);
    return query(text, ...more);
  }) as QueryRunner['query'];
  try {
    await migrate();
  } finally {
    runner.query = query;
  }
  return texts.filter((text) => SLOW_BY_ITSELF.test(text)).map((text) => `keeps writers out for as long as this takes: ${text.trim().slice(0, 120)}`);
}

/** The rows that the transaction has read and written so far, by table. Partitioned tables are included, since writers address them. */
const tables = (runner: QueryRunner, schema: string): Promise<Table[]> =>
  runner.query(
    `select c.oid::text, c.relname as name, c.relkind = 'p' as parted, pg_relation_filenode(c.oid)::text as file, coalesce(s.seq_tup_read, 0)::text as reads, coalesce(s.n_tup_upd + s.n_tup_del, 0)::text as writes
     from pg_class c left join pg_stat_xact_all_tables s on s.relid = c.oid
     where c.relnamespace = $1::regnamespace and c.relkind in ('r', 'p') and c.relname <> 'migrations' order by c.relname`,
    [schema],
  ) as Promise<Table[]>;

/** Adds a partition for today to each partitioned table without one, and rows to each empty table. */
async function fill(runner: QueryRunner, schema: string): Promise<void> {
  const empty = (await runner.query(`select c.relname as name from pg_class c where c.relnamespace = $1::regnamespace and c.relkind = 'p' and not exists (select from pg_inherits where inhparent = c.oid)`, [schema])) as { name: string }[];
  const today = new Date().toISOString().slice(0, 10);
  for (const { name } of empty) await runner.query(`CREATE TABLE ${schema}.${name}_${today.replaceAll('-', '')} PARTITION OF ${schema}.${name} FOR VALUES FROM ('${today}') TO ('${today}'::timestamptz + interval '1 day')`);
  for (const { name } of (await tables(runner, schema)).filter(({ parted }) => !parted)) {
    const [row] = (await runner.query(`select count(*)::int as n from ${schema}.${name}`)) as { n: number }[];
    if (row?.n !== 0) continue;
    const columns = (await runner.query(
      `select a.attname as name, format_type(a.atttypid, null) as type from pg_attribute a where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and a.attidentity = ''`,
      [`${schema}.${name}`],
    )) as { name: string; type: string }[];
    const values = columns.map((column) => `${VALUES[column.type] ?? 'null'} as "${column.name}"`);
    await runner.query(`insert into ${schema}.${name} (${columns.map((column) => `"${column.name}"`).join(', ')}) select ${values.join(', ')} from generate_series(1, ${ROWS}) n`);
  }
}

const VALUES: Readonly<Record<string, string>> = {
  text: `'t' || n`,
  integer: 'n',
  bigint: 'n',
  smallint: '(n % 100)::smallint',
  boolean: 'false',
  'timestamp with time zone': `date_trunc('day', now(), 'UTC') + n * interval '1 second'`,
  json: `'{}'::json`,
  jsonb: `'{}'::jsonb`,
  bytea: `''::bytea`,
  'text[]': `'{}'::text[]`,
  'double precision': 'n',
  real: 'n',
  numeric: 'n',
  xid8: `'1'::xid8`,
};
