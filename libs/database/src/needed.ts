import type { DatabaseOptions } from './data-source.js';
import { pendingMigrations } from './migrate-command.js';

/** What a service needs of its database before it can start: that it answers, lets the service in, and has what the service's migrations make. */
export const neededDatabase = (options: DatabaseOptions): { server: string; reach: () => Promise<void> } => ({
  server: `PostgreSQL at ${new URL(options.url).host}`,
  reach: async () => {
    const missing = await pendingMigrations(options);
    if (missing.length) throw new Error(`the schema ${options.schema} is older than this service; npm run migrate has yet to run ${missing.join(', ')}`);
  },
});
