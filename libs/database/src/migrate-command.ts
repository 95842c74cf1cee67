import { parseArgs } from 'node:util';
import { isFault } from '@nuncio/contracts';
import { withDatabase, type DatabaseOptions } from './data-source.js';
import { migrate, pendingMigrations } from './migrate.js';

type WaitForServer = (server: string, reach: () => Promise<void>, wait: { forMs: number; isAway: (error: unknown) => boolean }) => Promise<void>;

interface MigrateCommand {
  readonly options: DatabaseOptions;
  /** The role of the service, if it is to have only the rights that it needs. */
  readonly role?: string | undefined;
  readonly waitSeconds: number;
  readonly waitForServer: WaitForServer;
}

/**
 * The command of an app that brings its schema up to date. With `--plan` it only lists the migrations. Waits for the server. Fails with a sentence.
 */
export async function migrateCommand({ options, role, waitSeconds, waitForServer }: MigrateCommand): Promise<void> {
  const { values: flags } = parseArgs({ options: { plan: { type: 'boolean', default: false } } });
  const { schema, url } = options;
  try {
    await waitForServer(`PostgreSQL at ${new URL(url).host}`, () => withDatabase(options, () => Promise.resolve()), { forMs: waitSeconds * 1_000, isAway });
    const names = flags.plan ? await withDatabase(options, (database) => pendingMigrations(database, options)) : await migrate(options, role);
    console.log(names.length ? `${schema}: ${flags.plan ? 'would run' : 'ran'} ${names.join(', ')}` : `${schema}: up to date`);
  } catch (error) {
    console.error(`${schema}: ${sentenceOf(error)}`);
    process.exitCode = 1;
  }
}

/** Outside of a transaction, where an index is built beside writers, the time limit of statements is the role's. Another one could not be taken back behind a pooler. */
const sentenceOf = (error: unknown): string =>
  isFault(error) && error.code === 'timeout'
    ? 'a statement took longer than the statement_timeout of this role or database. Set it to 0 for the role that migrates (ALTER ROLE … SET statement_timeout = 0), and run this again: it goes on where it was'
    : error instanceof Error
      ? error.message
      : String(error);

/**
 * Whether the server is not there, or not yet: no SQLSTATE (network errors, an ended connection), 08 connection exception, 53300 too many
 * connections, 57P03 starting up.
 */
const isAway = (error: unknown): boolean => {
  const { code } = (error as { driverError?: { code?: string } }).driverError ?? (error as { code?: string });
  return code === undefined || !/^\d[\dA-Z]{4}$/.test(code) || /^(08|53300|57P0)/.test(code);
};
