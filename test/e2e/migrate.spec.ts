import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import pg from 'pg';

const WORKSPACE = join(import.meta.dirname, '../..');

/** Runs `npm run migrate` with only these settings. */
function migrate(env: Record<string, string>, ...flags: string[]): Promise<{ status: number | null; said: string }> {
  const child = spawn(process.execPath, [join(WORKSPACE, 'migrate.mjs'), ...flags], { env: { PATH: process.env.PATH, ...env } });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (said += data.toString()));
  return new Promise((resolve) => {
    child.on('close', (status) => {
      resolve({ status, said });
    });
  });
}

it('says what it would do, does it, and then finds nothing left to do; the log may have a database of its own', async () => {
  const name = `migrate_${randomUUID().slice(0, 8)}`;
  const server = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await server.connect();
  for (const one of [name, `${name}_log`]) await server.query(`create database ${one}`);
  const urlOf = (database: string): string => Object.assign(new URL(process.env.DATABASE_URL ?? ''), { pathname: database }).href;
  const schemasOf = async (database: string): Promise<string[]> => {
    const client = new pg.Client({ connectionString: urlOf(database) });
    await client.connect();
    const { rows } = await client.query<{ name: string }>(`select nspname as name from pg_namespace where nspname in ('config', 'log')`);
    await client.end();
    return rows.map((row) => row.name);
  };
  const env = { KAFKA_BROKERS: process.env.KAFKA_BROKERS ?? '', DATABASE_URL: urlOf(name), LOG_DATABASE_URL: urlOf(`${name}_log`), TOPIC_PREFIX: name, TOPIC_PARTITIONS: 'events=24' };
  try {
    const plan = await migrate(env, '--plan');
    for (const line of [`topics: ${name}.events is made, with 24 partitions`, 'config: would run ', 'log: would run InitialSchema1767225600000, ']) expect(plan.said).toContain(line);
    // The plan has changed nothing.
    const done = await migrate(env);
    for (const line of [`topics: ${name}.events is made, with 24 partitions`, 'config: ran ', 'log: ran ']) expect(done.said).toContain(line);
    const refused = await migrate({ ...env, TOPIC_PARTITIONS: 'events=36,config.log=2' }, '--plan');
    for (const line of [`topics: ${name}.events grows from 24 to 36 partitions`, `topics: ${name}.config.log cannot have 2 partitions`, 'config: up to date', 'log: up to date'])
      expect(refused.said).toContain(line);
    expect([plan.status, done.status, refused.status]).toEqual([0, 0, 1]);
    expect([await schemasOf(name), await schemasOf(`${name}_log`)]).toEqual([['config'], ['log']]);
  } finally {
    for (const one of [name, `${name}_log`]) await server.query(`drop database ${one} with (force)`);
    await server.end();
  }
});

it('waits for servers that are away, and ends with a sentence: it was a stack trace', async () => {
  const away = { KAFKA_BROKERS: '127.0.0.1:9', DATABASE_URL: 'postgres://u:secret@127.0.0.1:9/x', MIGRATE_WAIT_SECONDS: '5' };
  const { status, said } = await migrate(away, '--plan');
  expect(status).toBe(1);
  for (const server of ['Kafka', 'PostgreSQL']) {
    expect(said).toMatch(new RegExp(`waiting for ${server} at 127\\.0\\.0\\.1:9, [1-5] s more`));
    expect(said).toContain(`${server} at 127.0.0.1:9 was not there within 5 s`);
  }
  expect(said).not.toMatch(/^\s+at |secret/m);
});
