import { escapeIdentifier } from 'pg';
import { MigrationExecutor } from 'typeorm';
import { createDataSource, type DatabaseOptions } from './data-source.js';

/**
 * Brings the schema up to date and returns the names of the migrations that ran, in order: all of them or, where one fails, none. Any number of processes may do
 * this at the same time: an advisory lock lets them through one by one, and the later ones find nothing left to do. One transaction, so that the lock holds behind a
 * pooler too, and one connection does. `role`: of the service, where it is to have no more than it needs; it must be there.
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
