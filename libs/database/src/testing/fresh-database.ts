import { randomBytes } from 'node:crypto';
import { withDatabase } from '../data-source.js';

/** A database for one spec. */
export interface FreshDatabase {
  readonly url: string;
  /** Drops the database, and closes its remaining connections. */
  drop(): Promise<unknown>;
}

/** Creates an empty database on the server at `url` (default: `DATABASE_URL` of the environment), so that specs do not see each other's rows. */
export async function freshDatabase(url = process.env.DATABASE_URL): Promise<FreshDatabase> {
  if (!url) throw new Error('DATABASE_URL is not set: this spec needs a PostgreSQL server');
  const name = `spec_${randomBytes(8).toString('hex')}`;
  const fresh = new URL(url);
  fresh.pathname = `/${name}`;
  await administer(url, `create database ${name}`);
  return { url: fresh.href, drop: () => administer(url, `drop database if exists ${name} with (force)`) };
}

const administer = (url: string, statement: string): Promise<unknown> => withDatabase({ url, schema: 'public' }, (server) => server.query(statement));
