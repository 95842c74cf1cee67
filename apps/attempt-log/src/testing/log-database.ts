import { migrate, openDatabase, type DatabaseOptions } from '@nuncio/database';
import { freshDatabase } from '@nuncio/database/testing';
import type { DataSource } from 'typeorm';
import { logDatabase } from '../database.js';
import type { ConfigView } from '@nuncio/kafka';
import { LogWriter } from '../ingest/log-writer.js';
import { Owners } from '../owners/owners.js';
import { Partitions } from '../partitions/partitions.js';

export interface LogDatabase {
  readonly dataSource: DataSource;
  readonly partitions: Partitions;
  readonly writer: LogWriter;
  /** Writes owners, as configuration would. */
  owned(kind: 'callback' | 'credential', all: readonly { id: string; state: { tenant: string; groups: readonly string[]; labels?: Readonly<Record<string, string>> } }[]): Promise<void>;
  drop(): Promise<void>;
}

/** An empty log for one spec, on the server of `DATABASE_URL`. */
export async function openLog(retentionDays = 30, options: Pick<DatabaseOptions, 'statementTimeoutMs'> = {}): Promise<LogDatabase> {
  const fresh = await freshDatabase();
  await migrate(logDatabase(fresh.url));
  const dataSource = await openDatabase({ ...logDatabase(fresh.url), ...options });
  const partitions = new Partitions(dataSource, { days: retentionDays });
  const drop = async (): Promise<void> => {
    await dataSource.destroy();
    await fresh.drop();
  };
  const owned: LogDatabase['owned'] = async (kind, all) => {
    const view = { all: (asked: string) => (asked === kind ? all.map((one) => ({ kind, position: 1, ...one })) : []), onChange: () => undefined };
    await new Owners(dataSource, view as unknown as ConfigView).onApplicationBootstrap();
  };
  return { dataSource, partitions, writer: new LogWriter(dataSource, partitions), owned, drop };
}
