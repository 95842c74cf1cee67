import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { buildIndex } from './build-index.js';
import { openDatabase, type DatabaseOptions } from './data-source.js';
import { migrateCommand } from './migrate-command.js';
import { migrate } from './migrate.js';
import { neededDatabase } from './needed.js';
import { freshDatabase, type FreshDatabase } from './testing/index.js';

class First1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create table attic.boxes (id int primary key)');
  }
  async down(): Promise<void> {
    await Promise.resolve();
  }
}

class Second1700000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('insert into attic.boxes values (1)');
  }
  async down(): Promise<void> {
    await Promise.resolve();
  }
}

let fresh: FreshDatabase;
let options: DatabaseOptions;

beforeAll(async () => {
  fresh = await freshDatabase();
  options = { url: fresh.url, schema: 'attic', migrations: [First1700000000001, Second1700000000002] };
});
afterAll(() => fresh.drop());

it('runs each migration once, however many processes start at the same time', async () => {
  const ran = await Promise.all([1, 2, 3, 4].map(() => migrate(options)));
  // One process may have run the first, and another the second.
  expect(ran.flat().sort()).toEqual(['First1700000000001', 'Second1700000000002']);
  const database = await openDatabase(options);
  expect(await database.query('select id from attic.boxes')).toEqual([{ id: 1 }]);
  await database.destroy();
});

it('grants the service its rights along with each migration: its role could not write where a new trigger did', async () => {
  const role = `attic_${process.pid}`;
  const database = await openDatabase(options);
  await database.query(`create role ${role}`);
  class Third1700000000002 implements MigrationInterface {
    async up(runner: QueryRunner): Promise<void> {
      await runner.query('create table attic.labels (id int primary key)');
    }
    async down(): Promise<void> {
      await Promise.resolve();
    }
  }
  const granted: unknown[] = [];
  class Looks1700000000003 implements MigrationInterface {
    transaction = false as const;
    async up(runner: QueryRunner): Promise<void> {
      granted.push(...((await runner.query(`select has_table_privilege('${role}', 'attic.labels', 'insert') as is`)) as unknown[]));
    }
    async down(): Promise<void> {
      await Promise.resolve();
    }
  }
  const grants = (to: string): string => `grant insert on all tables in schema attic to ${to}`;
  await migrate({ ...options, migrations: [...(options.migrations ?? []), Third1700000000002, Looks1700000000003], grants }, role);
  expect(granted).toEqual([{ is: true }]);
  await database.query(`drop owned by ${role}; drop role ${role}`);
  await database.destroy();
});

it('leaves nothing of a failed migration, and lets the next process in', async () => {
  class Broken1700000000003 implements MigrationInterface {
    async up(runner: QueryRunner): Promise<void> {
      await runner.query('insert into attic.boxes values (2)');
      await runner.query('insert into attic.boxes values (2)');
    }
    async down(): Promise<void> {
      await Promise.resolve();
    }
  }
  const broken = { ...options, migrations: [First1700000000001, Second1700000000002, Broken1700000000003] };
  await expect(migrate(broken)).rejects.toThrow(/duplicate key/);
  expect(await migrate(options)).toEqual([]);
  const database = await openDatabase(options);
  expect(await database.query('select count(*)::int as n from attic.boxes')).toEqual([{ n: 1 }]);
  await database.destroy();
});

it('takes its time although the role has none, and says which setting ends what cannot: it was told to narrow the time or the filters', async () => {
  const own = await freshDatabase();
  const database = await openDatabase({ url: own.url, schema: 'public' });
  for (const setting of [`statement_timeout = '200ms'`, `transaction_timeout = '400ms'`]) await database.query(`alter database "${new URL(own.url).pathname.slice(1)}" set ${setting}`);
  await database.destroy();
  class Slow1700000000001 implements MigrationInterface {
    async up(runner: QueryRunner): Promise<void> {
      await runner.query('select pg_sleep(0.5)');
    }
    async down(): Promise<void> {
      await Promise.resolve();
    }
  }
  class Beside1700000000002 extends Slow1700000000001 {
    transaction = false as const;
  }
  const said: string[] = [];
  const [log, error, status] = [jest.spyOn(console, 'log').mockReturnValue(), jest.spyOn(console, 'error').mockImplementation((line: unknown) => void said.push(String(line))), process.exitCode];
  const command = (...migrations: DatabaseOptions['migrations'] & object): Promise<void> =>
    migrateCommand({ options: { url: own.url, schema: 'slow', migrations }, waitSeconds: 1, waitForServer: (_, reach) => reach() });
  await command(Slow1700000000001);
  expect(said).toEqual([]);
  await command(Slow1700000000001, Beside1700000000002);
  expect(said).toEqual([expect.stringMatching(/^slow: a statement took longer than the statement_timeout of this role or database\./)]);
  for (const mocked of [log, error]) mocked.mockRestore();
  process.exitCode = status;
  await own.drop();
});

it('builds an index beside writers whatever isolation the role has by default: it waited for its own snapshot, for ever', async () => {
  const own = await freshDatabase();
  const database = await openDatabase({ url: own.url, schema: 'public' });
  for (const setting of [`default_transaction_isolation = 'repeatable read'`, `lock_timeout = '1s'`]) await database.query(`alter database "${new URL(own.url).pathname.slice(1)}" set ${setting}`);
  class Index1700000000003 implements MigrationInterface {
    transaction = false as const;
    async up(runner: QueryRunner): Promise<void> {
      await buildIndex(runner, { name: 'boxes_again', table: 'attic.boxes', on: '(id)' });
    }
    async down(): Promise<void> {
      await Promise.resolve();
    }
  }
  const migrations = [First1700000000001, Index1700000000003];
  const ran = await Promise.all([1, 2].map(() => migrate({ url: own.url, schema: 'attic', migrations })));
  expect(ran.flat()).toEqual(['First1700000000001', 'Index1700000000003']);
  await database.destroy();
  await own.drop();
});

it('tells a service at its start that a confirmed commit may be lost', async () => {
  const own = await freshDatabase();
  const { reach } = neededDatabase({ url: own.url, schema: 'attic' });
  expect(await reach()).toEqual([]);
  const database = await openDatabase({ url: own.url, schema: 'attic' });
  await database.query(`alter database "${new URL(own.url).pathname.slice(1)}" set synchronous_commit = off`);
  await database.destroy();
  expect(await reach()).toEqual([expect.stringMatching(/^synchronous_commit is off: what PostgreSQL has confirmed is lost if it crashes/)]);
  await own.drop();
});
