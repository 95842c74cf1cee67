import { setTimeout as pause } from 'node:timers/promises';
import { escapeIdentifier } from 'pg';
import { MigrationExecutor, type QueryRunner } from 'typeorm';
import { createDataSource, type DatabaseOptions } from './data-source.js';
import type { Database } from './database.js';
import { isLockTaken } from './unavailable.js';

/** Whoever writes waits for a migration that waits for a lock: it gives up soon, and comes again. */
const LOCK_WITHIN_MS = 2_000;
const AGAIN_AFTER_MS = 500;
const TRIES = 240;

/**
 * Brings the schema up to date. Returns the names of the migrations that ran, in order. Each migration is one transaction, so that its locks last no
 * longer than itself. A migration with `transaction = false` runs outside of any (`buildIndex`), and runs again if it has failed. Any number of
 * processes may call this at once: an advisory lock lets one through at a time, and the others find nothing to do. `role`: the role of the service,
 * which gets only the rights that it needs; it must exist.
 */
export async function migrate(options: DatabaseOptions, role?: string): Promise<string[]> {
  const database = createDataSource({ ...options, poolSize: 2 });
  await database.initialize();
  try {
    const ran: string[] = [];
    for (let name = await next(database, options); name !== null; name = await next(database, options)) ran.push(name);
    if (role !== undefined && options.grants) {
      const grants = options.grants(escapeIdentifier(role));
      await inTurn(database, options, (runner) => runner.query(grants));
    }
    return ran;
  } finally {
    await database.destroy();
  }
}

/** Runs the first migration that has not run; null = there is none. */
const next = (database: Database, options: DatabaseOptions): Promise<string | null> =>
  inTurn(database, options, async (runner) => {
    const executor = new MigrationExecutor(database, runner);
    const [migration] = await executor.getPendingMigrations();
    if (!migration) return null;
    if (migration.transaction !== false && migration.instance?.transaction !== false) await executor.executeMigration(migration);
    else await new MigrationExecutor(database).executeMigration(migration);
    return migration.name;
  });

/**
 * In a transaction, so that the lock holds behind a pooler too. While another process has the lock, this one comes again, and has no snapshot meanwhile: an index that is built concurrently waits
 * for every older one. Where something else is locked for too long it is tried again, for minutes.
 */
async function inTurn<T>(database: Database, options: DatabaseOptions, work: (runner: QueryRunner) => Promise<T>): Promise<T> {
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

async function locked<T>(runner: QueryRunner | undefined, { schema }: DatabaseOptions, work: (runner: QueryRunner) => Promise<T>): Promise<T | typeof BUSY> {
  if (!runner) throw new Error('a transaction has a connection');
  const [lock] = (await runner.query('select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as mine', [`nuncio migrate ${schema}`])) as { mine: boolean }[];
  if (!lock?.mine) return BUSY;
  // It may rest here for as long as an index is built beside it.
  await runner.query(`SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL lock_timeout = ${LOCK_WITHIN_MS}`);
  await runner.query(`create schema if not exists "${schema}"`);
  return work(runner);
}
