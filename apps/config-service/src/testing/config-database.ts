import { migrate, openDatabase } from '@nuncio/database';
import { freshDatabase } from '@nuncio/database/testing';
import type { DataSource } from 'typeorm';
import { configDatabase } from '../database.js';

export interface ConfigDatabase {
  readonly url: string;
  readonly dataSource: DataSource;
  drop(): Promise<void>;
}

/** An empty configuration for one spec, on the server of `DATABASE_URL`. */
export async function openConfig(): Promise<ConfigDatabase> {
  const fresh = await freshDatabase();
  await migrate(configDatabase(fresh.url));
  const dataSource = await openDatabase(configDatabase(fresh.url));
  const drop = async (): Promise<void> => {
    await dataSource.destroy();
    await fresh.drop();
  };
  return { url: fresh.url, dataSource, drop };
}
