import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { openDatabase, type DatabaseOptions } from './data-source.js';
import { migrate } from './migrate.js';
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
