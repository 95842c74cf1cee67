import { z } from 'zod';
import { DataSource, type EntitySchema, type MigrationInterface } from 'typeorm';

/**
 * For an app's environment schema: `postgres://user:password@host:port/database`, with `?sslmode=verify-full&sslrootcert=<PEM file>` for TLS.
 * What would take a server's certificate unseen is refused.
 */
export const DatabaseUrl = z
  .url({ protocol: /^postgres(ql)?$/, error: 'must be postgres://user:password@host:port/database' })
  .refine((url) => !/[?&](sslmode=no-verify|uselibpqcompat=)/.test(url), 'must verify certificates: sslmode=verify-full, and sslrootcert for an authority of your own');

type Class<T = object> = new () => T;

/** What one service keeps: one schema of one database, which no other service reads. */
export interface DatabaseOptions {
  /** `postgres://user:password@host:port/database`. */
  readonly url: string;
  readonly schema: string;
  readonly entities?: (Class | EntitySchema)[];
  readonly migrations?: Class<MigrationInterface>[];
  /** What the service needs when it connects as a role of its own, which is given quoted: SQL that may be given again. */
  readonly grants?: (role: string) => string;
  /** Connections at most; default 10. */
  readonly poolSize?: number;
  /** No statement takes longer, unless its transaction says otherwise (`SET LOCAL statement_timeout`); default: as the server has it. */
  readonly statementTimeoutMs?: number;
}

/** A data source that is not open yet. */
export const createDataSource = ({ url, schema, entities = [], migrations = [], poolSize = 10, statementTimeoutMs }: DatabaseOptions): DataSource =>
  new DataSource({
    type: 'postgres',
    url,
    schema,
    entities,
    migrations,
    migrationsTableName: 'migrations',
    poolSize,
    applicationName: `nuncio ${schema}`,
    connectTimeoutMS: 5_000,
    // A process that hangs in a transaction must not keep its locks from all the others.
    extra: { idle_in_transaction_session_timeout: 10_000, ...(statementTimeoutMs !== undefined && { statement_timeout: statementTimeoutMs }) },
    // A connection that dies while idle is replaced by the pool; without a listener it would end the process.
    poolErrorHandler: () => undefined,
  });

/** Opens it; rejects where the server cannot be reached or refuses us. */
export const openDatabase = (options: DatabaseOptions): Promise<DataSource> => createDataSource(options).initialize();
