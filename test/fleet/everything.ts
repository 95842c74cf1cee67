import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Services } from '@nuncio/embedded';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import type { Cluster } from './kafka.js';
import type { Place } from './spellings.js';

export interface Whereabouts {
  readonly services: Services;
  readonly cluster: Cluster;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** The services' directory; log files are in `logs`. */
  readonly dir: string;
  readonly metricsUrls: readonly string[];
}

/** Everything that an installation has written: each topic, table, Redis value, log file and page of metrics. */
export async function everything(where: Whereabouts): Promise<Place[]> {
  const places = await Promise.all([topics(where), tables(where.databaseUrl), values(where.redisUrl, where.services.topicPrefix), logs(where.dir), metrics(where.metricsUrls)]);
  return places.flat();
}

async function topics({ cluster }: Whereabouts): Promise<Place[]> {
  const places: Place[] = [];
  for (const topic of await cluster.topics()) {
    const content = (await cluster.read(topic)).flatMap(({ key, value, headers }) => [key, value, ...Object.entries(headers ?? {}).flat(2)]);
    places.push({ name: `topic ${topic}`, content: Buffer.concat(content.map((part) => Buffer.from(`${part?.toString('latin1') ?? ''}\n`, 'latin1'))) });
  }
  return places;
}

async function tables(databaseUrl: string): Promise<Place[]> {
  const client = new Client(databaseUrl);
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(`select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`);
    const places: Place[] = [];
    for (const { name } of rows) {
      // Bytes are printed in hex, which is one of the spellings searched for.
      const found = await client.query<{ row: string }>(`select coalesce((select string_agg(value, e'\\n') from jsonb_each_text(to_jsonb(t))), '') as row from ${name} t`);
      places.push({ name: `table ${name}`, content: Buffer.from(found.rows.map(({ row }) => row).join('\n')) });
    }
    return places;
  } finally {
    await client.end();
  }
}

async function values(redisUrl: string, prefix: string): Promise<Place[]> {
  const redis = new Redis(redisUrl);
  try {
    const keys = await redis.keys(`${prefix}:*`);
    const dumps = await Promise.all(keys.map(async (key) => Buffer.concat([Buffer.from(`${key}\n`), (await redis.getBuffer(key).catch(() => redis.dumpBuffer(key))) ?? Buffer.alloc(0)])));
    return [{ name: 'Redis', content: Buffer.concat(dumps) }];
  } finally {
    redis.disconnect();
  }
}

const logs = async (dir: string): Promise<Place[]> =>
  Promise.all((await readdir(join(dir, 'logs'))).map(async (file) => ({ name: `log ${file}`, content: await readFile(join(dir, 'logs', file)) })));

const metrics = (urls: readonly string[]): Promise<Place[]> =>
  Promise.all(urls.map(async (url) => ({ name: `metrics ${url}`, content: Buffer.from(await (await fetch(url)).text()) })));
