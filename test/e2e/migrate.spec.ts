import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import pg from 'pg';

const WORKSPACE = join(import.meta.dirname, '../..');
const WITHIN_MS = 180_000;

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

it('says what it would do, does it, and then finds nothing left to do', async () => {
  const name = `migrate_${randomUUID().slice(0, 8)}`;
  const server = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await server.connect();
  await server.query(`create database ${name}`);
  const database = new URL(process.env.DATABASE_URL ?? '');
  database.pathname = name;
  const env = { KAFKA_BROKERS: process.env.KAFKA_BROKERS ?? '', DATABASE_URL: database.href, TOPIC_PREFIX: name, TOPIC_PARTITIONS: 'events=24' };
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
  } finally {
    await server.query(`drop database ${name} with (force)`);
    await server.end();
  }
}, WITHIN_MS);

it('waits for servers that are away, and ends with a sentence: it was a stack trace', async () => {
  const away = { KAFKA_BROKERS: '127.0.0.1:9', DATABASE_URL: 'postgres://u:secret@127.0.0.1:9/x', MIGRATE_WAIT_SECONDS: '1' };
  const { status, said } = await migrate(away, '--plan');
  expect(status).toBe(1);
  for (const server of ['Kafka', 'PostgreSQL']) {
    expect(said).toContain(`waiting for ${server} at 127.0.0.1:9, 1 s more`);
    expect(said).toContain(`${server} at 127.0.0.1:9 was not there within 1 s`);
  }
  expect(said).not.toMatch(/^\s+at |secret/m);
}, WITHIN_MS);
