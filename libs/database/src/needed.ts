import type { DatabaseOptions } from './data-source.js';
import { pendingMigrations } from './migrate-command.js';
import { isForbidden } from './unavailable.js';

/** What a service needs before it starts: a database that answers, lets it in, and has all its migrations (if the service may read which have run). */
export const neededDatabase = (options: DatabaseOptions): { server: string; reach: () => Promise<void> } => ({
  server: `PostgreSQL at ${new URL(options.url).host}`,
  reach: async () => {
    const missing = await pendingMigrations(options).catch((error: unknown) => {
      // A role with rights given by hand may not read log.migrations. The service then starts without this check.
      if (isForbidden(error)) return [];
      throw error;
    });
    if (missing.length) throw new Error(`the schema ${options.schema} is older than this service; npm run migrate has yet to run ${missing.join(', ')}`);
  },
});
