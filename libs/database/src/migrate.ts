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

async function underLock<T>(database: DataSource, schema: string, work: () => Promise<T>): Promise<T> {
  const runner = database.createQueryRunner();
  const lock = [`nuncio migrate ${schema}`];
  try {
    await runner.query('select pg_advisory_lock(hashtextextended($1, 0))', lock);
    return await work();
  } finally {
    await runner.query('select pg_advisory_unlock(hashtextextended($1, 0))', lock);
    await runner.release();
  }
}
