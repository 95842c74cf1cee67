import { setTimeout as pause } from 'node:timers/promises';
import { Fault } from '@nuncio/contracts';
import type { DataSource, EntitySchema, MigrationInterface } from 'typeorm';
import { z } from 'zod';
import { Database } from './database.js';

/**
 * For an app's environment schema: `postgres://user:password@host:port/database`, with `?sslmode=verify-full&sslrootcert=<PEM file>` for TLS. Modes
 * that do not verify the server's certificate are refused.
 */
export const DatabaseUrl = z
  .url({ protocol: /^postgres(ql)?$/, error: 'must be postgres://user:password@host:port/database' })
  .refine((url) => !/[?&](sslmode=no-verify|uselibpqcompat=)/.test(url), 'must verify certificates: sslmode=verify-full, and sslrootcert for an authority of your own');

type Class<T = object> = new () => T;

/** The data of one service: a schema of a database, which no other service reads. */
export interface DatabaseOptions {
  /** `postgres://user:password@host:port/database`. */
  readonly url: string;
  readonly schema: string;
  readonly entities?: (Class | EntitySchema)[];
  readonly migrations?: Class<MigrationInterface>[];
  /** Repeatable SQL that grants the service's own role what it needs. `role` is quoted already. */
  readonly grants?: (role: string) => string;
  /** The most connections; default 10. */
  readonly poolSize?: number;
  /**
   * The time limit of a statement, unless its transaction sets another (`SET LOCAL statement_timeout`), or a query runner runs it alone; default: the
   * server's.
   */
  readonly statementTimeoutMs?: number;
  /** How long a statement waits for a lock of another transaction; default: without a limit. */
  readonly lockTimeoutMs?: number;
}

const PATIENCE_MS = 2_000;
/**
 * How long a connection is idle before the system asks, each second, whether the other side is still there; after ten questions without an answer it is closed. So no firewall forgets a
 * connection of the pool, and one that leads nowhere is noticed in 20 s. A statement may wait for its result much longer.
 */
const KEEP_ALIVE_AFTER_MS = 10_000;
const IDLE_IN_TRANSACTION_MS = 10_000;

/** A data source that is not open yet. */
export const createDataSource = ({ url, schema, entities = [], migrations = [], poolSize = 10, statementTimeoutMs, lockTimeoutMs }: DatabaseOptions): Database =>
  new Database(
    {
      type: 'postgres',
      url,
      schema,
      entities,
      migrations,
      migrationsTableName: 'migrations',
      poolSize,
      applicationName: `nuncio ${schema}`,
      connectTimeoutMS: 5_000,
      extra: { keepAlive: true, keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS },
      // The pool replaces a connection that dies while idle. Without a listener the error would end the process.
      poolErrorHandler: () => undefined,
    },
    { idleInTransactionMs: IDLE_IN_TRANSACTION_MS, statementMs: statementTimeoutMs ?? null, lockMs: lockTimeoutMs ?? null },
  );

/** Rejects if the server cannot be reached, or refuses the connection. */
export const openDatabase = async (options: DatabaseOptions): Promise<DataSource> => createDataSource(options).initialize();

/** Runs `work` with connections of its own, one if nothing else is said, and closes them. */
export async function withDatabase<T>(options: DatabaseOptions, work: (database: Database) => Promise<T>): Promise<T> {
  const database = await createDataSource({ poolSize: 1, ...options }).initialize();
  try {
    return await work(database);
  } finally {
    await database.destroy();
  }
}

/** Why the database cannot be written to now; null = it can. Waits at most two seconds. */
export async function troubleOf(database: DataSource): Promise<string | null> {
  const answer = database.query<{ transaction_read_only: string }[]>('SHOW transaction_read_only').then(
    ([row]) => {
      if (row?.transaction_read_only !== 'on') return null;
      if (database instanceof Database) database.renew();
      return 'this server is read-only';
    },
    (error: unknown) => String(error instanceof Fault ? (error.cause as Error).message : error),
  );
  return Promise.race([answer, pause(PATIENCE_MS, `no answer within ${PATIENCE_MS} ms`, { ref: false })]);
}
