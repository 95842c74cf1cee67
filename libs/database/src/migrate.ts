import { escapeIdentifier } from 'pg';
import { MigrationExecutor } from 'typeorm';
import { createDataSource, type DatabaseOptions } from './data-source.js';

/**
 * Brings the schema up to date. Returns the names of the migrations that ran, in order: all of them, or none if one fails. Any number of processes
 * may call this at once: an advisory lock lets one through at a time, and the others find nothing to do. One transaction, so that the lock also holds
 * behind a pooler, and one connection is enough. `role`: the role of the service, which gets only the rights that it needs; it must exist.
 */
export async function migrate(options: DatabaseOptions, role?: string): Promise<string[]> {
  const database = await createDataSource({ ...options, poolSize: 1 }).initialize();
  try {
    return await database.transaction(async (tx) => {
      await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`nuncio migrate ${options.schema}`]);
      await tx.query(`create schema if not exists "${options.schema}"`);
      const executor = new MigrationExecutor(database, tx.queryRunner);
      executor.transaction = 'none';
      const ran = await executor.executePendingMigrations();
      if (role !== undefined && options.grants) await tx.query(options.grants(escapeIdentifier(role)));
      return ran.map((migration) => migration.name);
    });
  } finally {
    await database.destroy();
  }
}
