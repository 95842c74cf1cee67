import type { DataSource } from 'typeorm';
import { withDatabase, type DatabaseOptions } from './data-source.js';
import { pendingMigrations } from './migrate.js';
import { isForbidden } from './unavailable.js';

/**
 * What a service needs before it starts: a database that answers, lets it in, and has all its migrations (if the service may read which have run). Resolves with the faults of
 * its settings, one sentence each.
 */
export const neededDatabase = (options: DatabaseOptions): { server: string; reach: () => Promise<string[]> } => ({
  server: `PostgreSQL at ${new URL(options.url).host}`,
  reach: () =>
    withDatabase(options, async (database) => {
      const missing = await pendingMigrations(database, options).catch((error: unknown) => {
        // A role with rights given by hand may not read log.migrations. The service then starts without this check.
        if (isForbidden(error)) return [];
        throw error;
      });
      if (missing.length) throw new Error(`the schema ${options.schema} is older than this service; npm run migrate has yet to run ${missing.join(', ')}`);
      return faultsOf(database);
    }),
});

/** With one of these off, a commit is confirmed before it is on the disk. */
const DURABILITY = ['fsync', 'full_page_writes', 'synchronous_commit'];

async function faultsOf(database: DataSource): Promise<string[]> {
  const off = await database.query<{ name: string }[]>(`select name from pg_settings where name = any($1) and setting = 'off' order by name`, [DURABILITY]);
  return off.map(({ name }) => `${name} is off: what PostgreSQL has confirmed is lost if it crashes, and no service writes it again. Turn it on for this server, database and role`);
}
