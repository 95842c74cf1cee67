import { setTimeout as pause } from 'node:timers/promises';
import { escapeIdentifier, escapeLiteral } from 'pg';
import { type DataSource, MigrationExecutor, type QueryRunner } from 'typeorm';
import { BRIEFLY } from './build-index.js';
import { withDatabase, type DatabaseOptions } from './data-source.js';
import type { Database } from './database.js';
import { isLockTaken } from './unavailable.js';

const AGAIN_AFTER_MS = 500;
const TRIES = 240;

/**
 * Brings the schema up to date. Returns the names of the migrations that ran, in order. Each migration is one transaction, so that its locks last no
 * longer than itself. A migration with `transaction = false` runs outside of any (`buildIndex`), and runs again if it has failed. Any number of
 * processes may call this at once: an advisory lock lets one through at a time, and the others find nothing to do. `role`: the role of the service,
 * which gets only the rights that it needs, to what a migration has made in the same transaction; it must exist.
 */
export const migrate = (options: DatabaseOptions, role?: string): Promise<string[]> =>
  withDatabase({ ...options, poolSize: 2 }, async (database) => {
    const grants = role === undefined ? undefined : options.grants?.(escapeIdentifier(role));
    const ran: string[] = [];
    for (let name = await next(database, options, grants); name !== null; name = await next(database, options, grants)) ran.push(name);
    return ran;
  });

/** Resolves with the names of the migrations that `migrate` would run, in order. Changes nothing. */
export async function pendingMigrations(database: DataSource, { schema, migrations = [] }: DatabaseOptions): Promise<string[]> {
  const table = `"${schema}".migrations`;
  const [there] = await database.query<{ is: boolean }[]>('select to_regclass($1) is not null as is', [table]);
  const ran = there?.is ? await database.query<{ name: string }[]>(`select name from ${table}`) : [];
  const names = new Set(ran.map(({ name }) => name));
  return migrations.map(({ name }) => name).filter((name) => !names.has(name));
}

/** Runs the first migration that has not run; null = there is none. `grants`: run after it. */
const next = (database: Database, options: DatabaseOptions, grants: string | undefined): Promise<string | null> =>
  inTurn(database, options, async (runner) => {
    const executor = new MigrationExecutor(database, runner);
    const [migration] = await executor.getPendingMigrations();
    if (migration) {
      if (migration.transaction !== false && migration.instance?.transaction !== false) await executor.executeMigration(migration);
      else if (await isLocked(runner, TWO_CONNECTIONS)) await new MigrationExecutor(database).executeMigration(migration);
      else return BUSY;
    }
    // The former release's service may need the new tables at once, for a trigger.
    if (grants !== undefined) await runner.query(grants);
    return migration?.name ?? null;
  });

/**
 * A migration without a transaction takes a second connection, beside the one that holds the lock. Only one process of a database does so at a time:
 * two of them would wait for each other for ever behind a pooler that has two connections.
 */
const TWO_CONNECTIONS = 'nuncio migrate beside writers';

/**
 * Runs `work` in a transaction that holds the lock, so that the lock also holds behind a pooler. While another process has the lock, this one asks again
 * and has no snapshot in between, since an index that is built concurrently waits for every older snapshot. If a table is locked for too long, it tries
 * again for minutes.
 */
async function inTurn<T>(database: Database, options: DatabaseOptions, work: (runner: QueryRunner) => Promise<T | typeof BUSY>): Promise<T> {
  for (let attempt = 1; ; ) {
    try {
      const done = await database.transaction(({ queryRunner }) => locked(queryRunner, options, work));
      if (done !== BUSY) return done;
    } catch (error) {
      if (attempt++ === TRIES || !isLockTaken(error)) throw error;
    }
    await pause(AGAIN_AFTER_MS);
  }
}

const BUSY = Symbol('busy');

async function locked<T>(runner: QueryRunner | undefined, { schema }: DatabaseOptions, work: (runner: QueryRunner) => Promise<T | typeof BUSY>): Promise<T | typeof BUSY> {
  if (!runner) throw new Error('a transaction has a connection');
  if (!(await isLocked(runner, `nuncio migrate ${schema}`))) return BUSY;
  // This transaction is idle for as long as an index is built on the other connection, and a migration may take longer than the role's statements otherwise may.
  await runner.query(`SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL statement_timeout = 0; ${BRIEFLY}`);
  // PostgreSQL 17 and later.
  await runner.query(`select set_config(name, '0', true) from pg_settings where name = 'transaction_timeout'`);
  await runner.query(`create schema if not exists "${schema}"`);
  return work(runner);
}

/**
 * Takes an advisory lock until the end of the transaction; false if another process has it. The name is in the text: a statement with parameters keeps
 * its snapshot until the next statement, and the index that is built on the other connection would wait for that.
 */
async function isLocked(runner: QueryRunner, name: string): Promise<boolean> {
  const [lock] = (await runner.query(`select pg_try_advisory_xact_lock(hashtextextended(${escapeLiteral(name)}, 0)) as mine`)) as { mine: boolean }[];
  return lock?.mine === true;
}
