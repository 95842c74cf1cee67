import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { createDataSource, migrate, openDatabase } from '@nuncio/database';
import { freshDatabase, type FreshDatabase } from '@nuncio/database/testing';
import type { DataSource, QueryRunner } from 'typeorm';
import { logDatabase } from '../database.js';
import { CountDeliveries1780710000000 } from './1780710000000-count-deliveries.js';

const DAYS = ['2026-03-01', '2026-03-02', '2026-03-03'];
/** Two steps and a part of a third. */
const ROWS = 45_000;

let fresh: FreshDatabase;
let database: DataSource;
let writes = 0;

beforeEach(async () => {
  fresh = await freshDatabase();
  const all = logDatabase(fresh.url);
  const before = all.migrations?.slice(0, all.migrations.indexOf(CountDeliveries1780710000000)) ?? [];
  await migrate({ ...all, migrations: before });
  database = await openDatabase({ ...all, migrations: [] });
  for (const day of DAYS) await makeDay(day);
  await database.query(`INSERT INTO log.deliveries ${COLUMNS} ${values("'old-' || n", "CASE n % 3 WHEN 0 THEN 'pending' WHEN 1 THEN 'failed' ELSE 'delivered' END")} FROM generate_series(1, ${ROWS}) n`);
});
afterEach(async () => {
  await database.destroy();
  await fresh.drop();
});

const COLUMNS = '(id, event_at, ce_id, ce_source, status, updated_at, fact_offset, attempts, event_id, event_type, tenant, application, callback, subscription)';
const values = (id: string, status: string): string => `SELECT ${id}, '${DAYS[0]}Z'::timestamptz + n * interval '72 hours' / ${ROWS + 1}, n::text, '/test', ${status}, now(), 0, 1, 'evt_' || n, 'type.' || n % 7, 't', 'app', 'cb_' || n % 11, 'sub'`;

/** As the former release makes a day: of deliveries alone. */
const makeDay = (day: string): Promise<unknown> =>
  database.query(`CREATE TABLE log.deliveries_${day.replaceAll('-', '')} PARTITION OF log.deliveries FOR VALUES FROM ('${day}Z') TO ('${day}Z'::timestamptz + interval '1 day')`);

/** New deliveries, and one more status of old ones, everywhere in the time that is counted. */
const write = async (): Promise<void> => {
  const from = (writes += 1);
  await database.query(`INSERT INTO log.deliveries ${COLUMNS} ${values(`'new-${from}-' || n`, `'pending'`)} FROM generate_series(${from}, ${ROWS}, ${ROWS / 30}) n`);
  await database.query(`UPDATE log.deliveries SET status = 'delivered' WHERE id = ANY (SELECT 'old-' || n FROM generate_series(${from}, ${ROWS}, ${ROWS / 30}) n)`);
};

/** Where counts and rows differ. */
const differences = (): Promise<unknown[]> =>
  database.query(`SELECT minute, callback, event_type, status, sum(n)::int AS n FROM (
      SELECT date_trunc('minute', event_at, 'UTC') AS minute, callback, event_type, status, 1 AS n FROM log.deliveries
      UNION ALL SELECT minute, callback, event_type, status, -deliveries FROM log.deliveries_by_minute) r
    GROUP BY 1, 2, 3, 4 HAVING sum(n) <> 0`);

/** Runs the migration alone, with `between` after each of its statements. */
async function up(between: () => Promise<void>): Promise<void> {
  const own = await createDataSource({ ...logDatabase(fresh.url), poolSize: 1 }).initialize();
  const runner = own.createQueryRunner();
  const query = async (text: string, parameters?: unknown[]): Promise<unknown> => {
    const answer: unknown = await runner.query(text, parameters);
    await between();
    return answer;
  };
  try {
    await new CountDeliveries1780710000000().up({ query } as unknown as QueryRunner);
  } finally {
    await runner.release();
    await own.destroy();
  }
}

it('counts each delivery once that is written before, between and after the steps', async () => {
  await up(write);
  await write();
  expect(await differences()).toEqual([]);
});

it('counts each delivery once while others are written at the same time', async () => {
  const controller = new AbortController();
  const writer = (async () => {
    while (!controller.signal.aborted) await write();
  })();
  await migrate(logDatabase(fresh.url));
  controller.abort();
  await writer;
  expect(await differences()).toEqual([]);
});

it('counts on where it was interrupted', async () => {
  for (const after of [2, 3, 4, 6]) {
    let statements = 0;
    const ended = up(async () => {
      await write();
      if (++statements === after) throw new Error('ended');
    });
    await expect(ended).rejects.toThrow('ended');
  }
  await migrate(logDatabase(fresh.url));
  expect(await differences()).toEqual([]);
});

it('counts on a day that an attempt-log of the former release makes: it could not write any more, two days after the upgrade', async () => {
  await migrate(logDatabase(fresh.url));
  await makeDay('2026-03-04');
  await database.query(`INSERT INTO log.deliveries ${COLUMNS} ${values(`'late-' || n`, `'pending'`).replace('72 hours', '96 hours')} FROM generate_series(${ROWS - 100}, ${ROWS}) n`);
  expect(await differences()).toEqual([]);
});
