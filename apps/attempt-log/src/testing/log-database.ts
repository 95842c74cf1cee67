import { migrate, openDatabase, type DatabaseOptions } from '@nuncio/database';
import { freshDatabase } from '@nuncio/database/testing';
import type { DataSource } from 'typeorm';
import { logDatabase } from '../database.js';
import { LogWriter } from '../ingest/log-writer.js';
import { Partitions } from '../partitions/partitions.js';

export interface LogDatabase {
  readonly dataSource: DataSource;
  readonly partitions: Partitions;
  readonly writer: LogWriter;
  drop(): Promise<void>;
}

/** An empty log that one spec has for itself, on the server of `DATABASE_URL`. */
export async function openLog(retentionDays = 30, options: Pick<DatabaseOptions, 'statementTimeoutMs'> = {}): Promise<LogDatabase> {
  const fresh = await freshDatabase();
  await migrate(logDatabase(fresh.url));
  const dataSource = await openDatabase({ ...logDatabase(fresh.url), ...options });
  const partitions = new Partitions(dataSource, retentionDays);
  const drop = async (): Promise<void> => {
    await dataSource.destroy();
    await fresh.drop();
  };
  return { dataSource, partitions, writer: new LogWriter(dataSource, partitions), drop };
}
