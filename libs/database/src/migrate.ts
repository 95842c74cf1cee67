import { escapeIdentifier } from 'pg';
import type { DataSource } from 'typeorm';
import { createDataSource, type DatabaseOptions } from './data-source.js';

/**
 * Brings the schema up to date and returns the names of the migrations that ran, in order. Any number of processes may do this at the same time: an
 * advisory lock, held by a connection of its own, lets them through one by one, and the later ones find nothing left to do.
 * `role`: of the service, where it is to have no more than it needs; it must be there.
 */
export async function migrate(options: DatabaseOptions, role?: string): Promise<string[]> {
  const database = await createDataSource({ ...options, poolSize: 2 }).initialize();
  try {
    return await underLock(database, options.schema, async () => {
      await database.query(`create schema if not exists "${options.schema}"`);
      const ran = await database.runMigrations({ transaction: 'each' });
      if (role !== undefined && options.grants) await database.query(options.grants(escapeIdentifier(role)));
      return ran.map((migration) => migration.name);
    });
  } finally {
    await database.destroy();
  }
}

/** A lock of its transaction, which stays open: behind a pooler, a session's lock would be on a connection that the next statement may not get. */
function underLock<T>(database: DataSource, schema: string, work: () => Promise<T>): Promise<T> {
  return database.transaction(async (tx) => {
    await tx.query('set local idle_in_transaction_session_timeout = 0');
    await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`nuncio migrate ${schema}`]);
    return work();
  });
}
