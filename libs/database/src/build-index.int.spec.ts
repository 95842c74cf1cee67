import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { buildIndex } from './build-index.js';
import { createDataSource, type DatabaseOptions } from './data-source.js';
import { migrate } from './migrate.js';
import { freshDatabase, migrationsInTheWay, type FreshDatabase } from './testing/index.js';

class Boxes1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create table attic.boxes (id int not null, at timestamptz not null, label text) partition by range (at)');
    await runner.query('create table attic.lids (id int primary key, label text)');
  }
  async down(): Promise<void> {
    await Promise.resolve();
  }
}

/** A migration that comes after it. */
const then = (name: string, transaction: boolean, ...statements: (string | ((runner: QueryRunner) => Promise<void>))[]) =>
  Object.defineProperty(
    class implements MigrationInterface {
      transaction = transaction;
      async up(runner: QueryRunner): Promise<void> {
        for (const one of statements) await (typeof one === 'string' ? runner.query(one) : one(runner));
      }
      async down(): Promise<void> {
        await Promise.resolve();
      }
    },
    'name',
    { value: name },
  );

describe('an index of a large table', () => {
  let fresh: FreshDatabase;
  let options: DatabaseOptions;
  let client: pg.Client;
  beforeEach(async () => {
    fresh = await freshDatabase();
    options = { url: fresh.url, schema: 'attic', migrations: [Boxes1700000000001] };
    client = new pg.Client(fresh.url);
    await client.connect();
  });
  afterEach(async () => {
    await client.end();
    await fresh.drop();
  });
  const rows = async (text: string): Promise<object[]> => (await client.query<object>(text)).rows;
  const partition = (name: string, from: string, to: string) => client.query(`create table attic.${name} partition of attic.boxes for values from ('${from}') to ('${to}')`);
  const validity = () => rows(`select c.relname as name, indisvalid as valid from pg_index join pg_class c on c.oid = indexrelid join pg_class t on t.oid = indrelid where t.relname like 'boxes%' order by t.relname`);

  it('is built of every partition while rows go on being written, and of partitions that come later', async () => {
    await migrate(options);
    await partition('boxes_1', '2026-01-01', '2026-02-01');
    await partition('boxes_2', '2026-02-01', '2026-03-01');
    // Somebody who writes, and does not end, keeps an ordinary index waiting, and everybody behind it.
    const writer = new pg.Client(fresh.url);
    await writer.connect();
    const database = await createDataSource(options).initialize();
    const runner = database.createQueryRunner();
    await writer.query('begin');
    await writer.query(`insert into attic.lids values (1, 'a')`);
    await buildIndex(runner, { name: 'boxes_label', table: 'attic.boxes', on: '(label) where label is not null' });
    await writer.query('commit');
    await buildIndex(runner, { name: 'lids_label', table: 'attic.lids', on: '(label)', unique: true });
    await partition('boxes_3', '2026-03-01', '2026-04-01');
    expect(await validity()).toEqual([...[1, 2, 3, 4].map(() => ({ name: expect.stringMatching(/^boxes_/), valid: true }))]);
    // Once more, as after an interruption: nothing is left to do.
    await buildIndex(runner, { name: 'boxes_label', table: 'attic.boxes', on: '(label) where label is not null' });
    expect(await validity()).toHaveLength(4);
    await runner.release();
    await database.destroy();
    await writer.end();
  });

  it('is made anew where an interrupted run has left one that is not valid', async () => {
    await migrate(options);
    await client.query(`insert into attic.lids values (1, 'same'), (2, 'same')`);
    const database = await createDataSource(options).initialize();
    const runner = database.createQueryRunner();
    const index = { name: 'lids_label', table: 'attic.lids', on: '(label)', unique: true };
    await expect(buildIndex(runner, index)).rejects.toThrow(/could not create unique index/);
    await client.query('delete from attic.lids where id = 2');
    await buildIndex(runner, index);
    expect(await rows(`select indisvalid as valid from pg_index where indexrelid = 'attic.lids_label'::regclass`)).toEqual([{ valid: true }]);
    await runner.release();
    await database.destroy();
  });

  it('runs as a migration outside of a transaction, once, however many processes start at the same time', async () => {
    const label = then('Label1700000000002', false, (runner) => buildIndex(runner, { name: 'lids_label', table: 'attic.lids', on: '(label)' }));
    const both = { ...options, migrations: [Boxes1700000000001, label] };
    expect((await Promise.all([1, 2, 3].map(() => migrate(both)))).flat()).toEqual(['Boxes1700000000001', 'Label1700000000002']);
  });

  it('waits for a lock for two seconds at a time, so that those who come after are let in between', async () => {
    await migrate(options);
    await client.query('begin');
    await client.query('lock table attic.lids in access share mode');
    const altered = migrate({ ...options, migrations: [Boxes1700000000001, then('Column1700000000002', true, 'alter table attic.lids add column weight int')] });
    const other = new pg.Client(fresh.url);
    await other.connect();
    // While the migration waits this waits behind it; it gets through as soon as the migration has given up.
    for (let n = 0; n < 20; n++) await other.query(`insert into attic.lids (id) values (${n})`);
    await client.query('commit');
    expect(await altered).toEqual(['Column1700000000002']);
    await other.end();
  });

  it.each([
    ['an index that keeps writers out', true, ['create index on attic.boxes (label)'], /^Next1700000000002 reads every row of boxes_\d+, and keeps writers out of boxes, boxes_\d+ meanwhile$/],
    ['a column that is filled in where the table is locked', true, ['alter table attic.lids add column weight int', 'update attic.lids set weight = 1'], /changes every row of lids, and keeps writers out of lids/],
    ['a table that is written anew', true, ['alter table attic.lids alter column id type bigint'], /writes lids anew/],
    ['a constraint that is checked at once', true, ['alter table attic.lids add constraint short check (length(label) < 9)'], /reads every row of lids/],
    ['an index that is built outside of a transaction, and not beside writers', false, ['create index on attic.lids (label)'], /keeps writers out for as long as this takes: create index on attic.lids/],
  ])('tells of %s', async (_case, transaction, statements, told) => {
    const next = then('Next1700000000002', transaction, ...statements);
    expect(await migrationsInTheWay({ ...options, migrations: [Boxes1700000000001, next] }, 'Boxes1700000000001')).toEqual([expect.stringMatching(told)]);
  });

  it('has nothing against what locks for a moment, and what is built beside writers', async () => {
    const column = then('Column1700000000002', true, `alter table attic.lids add column weight int not null default 0`, 'alter table attic.boxes add column size int', 'create table attic.more (id int primary key)', 'create index on attic.more (id)');
    const index = then('Index1700000000003', false, (runner) => buildIndex(runner, { name: 'boxes_label', table: 'attic.boxes', on: '(label)' }));
    const fillIn = then('FillIn1700000000004', true, 'update attic.lids set weight = 1');
    expect(await migrationsInTheWay({ ...options, migrations: [Boxes1700000000001, column, index, fillIn] }, 'Boxes1700000000001')).toEqual([]);
  });
});
