import { DataSource, type EntitySchema, type MigrationInterface } from 'typeorm';

type Class<T = object> = new () => T;

/** What one service keeps: one schema of one database, which no other service reads. */
export interface DatabaseOptions {
  /** `postgres://user:password@host:port/database`. */
  readonly url: string;
  readonly schema: string;
  readonly entities?: (Class | EntitySchema)[];
  readonly migrations?: Class<MigrationInterface>[];
  /** Connections at most; default 10. */
  readonly poolSize?: number;
}

/** A data source that is not open yet. */
export const createDataSource = ({ url, schema, entities = [], migrations = [], poolSize = 10 }: DatabaseOptions): DataSource =>
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
    extra: { idle_in_transaction_session_timeout: 10_000 },
    // A connection that dies while idle is replaced by the pool; without a listener it would end the process.
    poolErrorHandler: () => undefined,
  });

/** Opens it; rejects where the server cannot be reached or refuses us. */
export const openDatabase = (options: DatabaseOptions): Promise<DataSource> => createDataSource(options).initialize();
