import type { DatabaseOptions } from './data-source.js';
import { pendingMigrations } from './migrate-command.js';
import { isForbidden } from './unavailable.js';

/** What a service needs of its database before it can start: that it answers, lets the service in, and has what the service's migrations make, if the service may know. */
export const neededDatabase = (options: DatabaseOptions): { server: string; reach: () => Promise<void> } => ({
  server: `PostgreSQL at ${new URL(options.url).host}`,
  reach: async () => {
    const missing = await pendingMigrations(options).catch((error: unknown) => {
      // A role whose rights somebody gave by hand may not look: then it starts as it is.
      if (isForbidden(error)) return [];
      throw error;
    });
    if (missing.length) throw new Error(`the schema ${options.schema} is older than this service; npm run migrate has yet to run ${missing.join(', ')}`);
  },
});
