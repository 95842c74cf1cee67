import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeTopics } from '@nuncio/fixtures';
import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';
import { Client } from 'pg';
import { birthOf } from './process-birth.js';
import { type Stack, type StackAddresses, startStack } from './stack.js';

// This spec must not use the servers that jest has started for the whole run.
const env = { ...process.env, KAFKA_BROKERS: undefined, DATABASE_URL: undefined, REDIS_URL: undefined };

const kafkaOf = ({ brokers }: StackAddresses): Kafka => new Kafka({ brokers: [brokers], logLevel: logLevel.NOTHING });

async function sql(stack: StackAddresses, text: string): Promise<unknown[]> {
  const client = new Client(stack.databaseUrl);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

async function redis<T>(stack: StackAddresses, work: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(stack.redisUrl);
  client.on('error', () => undefined);
  try {
    return await work(client);
  } finally {
    client.disconnect();
  }
}

async function produce(stack: StackAddresses): Promise<void> {
  const admin = kafkaOf(stack).admin();
  await admin.connect();
  await makeTopics(admin, [{ topic: 'kept' }]);
  await admin.disconnect();
  const producer = kafkaOf(stack).producer();
  await producer.connect();
  await producer.send({ topic: 'kept', messages: [{ key: 'a', value: 'kept by Kafka' }] });
  await producer.disconnect();
}

/** Reads through a group, so that the coordinator and the offsets topic are used after a restart too. */
async function consume(stack: StackAddresses): Promise<string | undefined> {
  const consumer = kafkaOf(stack).consumer({ groupId: 'readers' });
  await consumer.connect();
  await consumer.subscribe({ topic: 'kept', fromBeginning: true });
  const value = await new Promise<string | undefined>((resolve) => {
    void consumer.run({
      eachMessage: async ({ message }) => {
        resolve(message.value?.toString());
      },
    });
  });
  await consumer.disconnect();
  return value;
}

describe('startStack', () => {
  let dir: string;
  let stack: Stack;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'nuncio-stack-'));
    stack = await startStack({ dir, env });
    await produce(stack);
    await sql(stack, `CREATE TABLE kept AS SELECT 'kept by PostgreSQL' AS value`);
    await redis(stack, (client) => client.set('kept', 'kept by Redis'));
    await stack.stop();
    stack = await startStack({ dir, env });
  });

  afterAll(async () => {
    await stack.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it('still has the data of Kafka at a second start, on other ports', async () => {
    expect(await consume(stack)).toBe('kept by Kafka');
  });

  it('still has the data of PostgreSQL at a second start', async () => {
    expect(await sql(stack, 'SELECT value FROM kept')).toEqual([{ value: 'kept by PostgreSQL' }]);
  });

  it('still has the data of Redis at a second start', async () => {
    expect(await redis(stack, (client) => client.get('kept'))).toBe('kept by Redis');
  });

  it('refuses clients without the password', async () => {
    const stranger = new URL(stack.databaseUrl);
    stranger.password = 'guess';
    await expect(sql({ ...stack, databaseUrl: stranger.href }, 'SELECT 1')).rejects.toThrow('password authentication failed');
    await expect(redis({ ...stack, redisUrl: stack.redisUrl.replace(/:[^:]+@/, '') }, (client) => client.get('kept'))).rejects.toThrow('NOAUTH');
  });
});

describe('startStack after its process was killed', () => {
  const dir = mkdtempSync(join(tmpdir(), 'nuncio-stack-'));

  afterAll(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  it('ends servers that were left running, says so, and starts with the same data', async () => {
    const program = `import { startStack } from ${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)};
      process.send(await startStack({ dir: ${JSON.stringify(dir)} }));`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', program], { env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const [left] = (await once(parent, 'message')) as [StackAddresses];
    await sql(left, 'CREATE TABLE kept AS SELECT 1 AS value');
    const { children } = JSON.parse(readFileSync(join(dir, 'servers.json'), 'utf8')) as { children: { name: string; pid: number }[] };
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    expect(children.map(({ pid }) => birthOf(pid))).not.toContain(null);

    const lines: string[] = [];
    const stack = await startStack({ dir, env, log: (line) => lines.push(line) });
    try {
      expect(children.map(({ pid }) => birthOf(pid))).toEqual([null, null, null]);
      expect(lines.filter((line) => line.includes('left by a start that was killed'))).toHaveLength(3);
      expect(await sql(stack, 'SELECT value FROM kept')).toEqual([{ value: 1 }]);
    } finally {
      await stack.stop();
    }
  });
});

describe('startStack where servers are there already, or cannot be had', () => {
  const given = { KAFKA_BROKERS: 'kafka-1:9092,kafka-2:9092', DATABASE_URL: 'postgres://somewhere/db', REDIS_URL: 'redis://somewhere' };
  const dir = mkdtempSync(join(tmpdir(), 'nuncio-stack-'));
  /** An environment without Java, Maven, Redis or any cached download. */
  const bare = { PATH: dir, XDG_CACHE_HOME: dir };

  afterAll(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  it('does not start servers that the environment points to', async () => {
    const stack = await startStack({ dir, env: { ...bare, ...given } });
    expect(stack).toMatchObject({ brokers: given.KAFKA_BROKERS, databaseUrl: given.DATABASE_URL, redisUrl: given.REDIS_URL });
    await stack.stop();
  });

  it('names both ways out if Java is missing', async () => {
    await expect(startStack({ dir, env: { ...bare, ...given, KAFKA_BROKERS: undefined } })).rejects.toThrow(
      'Kafka needs Java and "java" cannot be run: install Java 17 and Maven, or point KAFKA_BROKERS at a cluster',
    );
  });

  it('names both ways out if Maven is missing', async () => {
    await expect(startStack({ dir, env: { ...bare, ...given, REDIS_URL: undefined } })).rejects.toThrow(
      'Maven is needed to fetch it and "mvn" is not on PATH: install redis-server or Maven, or point REDIS_URL at a server',
    );
  });

  it('knows two kinds of stack', async () => {
    await expect(startStack({ dir, env: { ...given, NUNCIO_STACK: 'clouds' } })).rejects.toThrow('NUNCIO_STACK is "clouds"');
  });
});
