import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { BatchProducer } from '@nuncio/kafka';
import { attempted, ofDelivery, placed } from '../testing/facts.js';
import { openLog, type LogDatabase } from '../testing/log-database.js';
import { partitionName, dayOf } from './day.js';
import { PartitionKeeper } from './partition-keeper.js';
import { Partitions } from './partitions.js';

const DAY_MS = 86_400_000;
const RETENTION_DAYS = 2;
const NO_ROOM = `RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'`;

let log: LogDatabase;
beforeEach(async () => {
  log = await openLog();
  const now = Date.now();
  const old = [0, 1, 3, 4, 5].map((days) => placed(attempted(ofDelivery({ ceId: `n-${days}`, eventAt: now - days * DAY_MS }), 1, { startedAt: now - days * DAY_MS }), days));
  await log.writer.writeFacts(old);
});
afterEach(() => log.drop());

/** A server without room, as statements see it: no row, no table and no detached partition can be added. */
async function fillDisk(): Promise<void> {
  await log.dataSource.query(`CREATE FUNCTION public.no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${NO_ROOM}; END $$`);
  await log.dataSource.query('CREATE TRIGGER no_room BEFORE INSERT ON log.attempts FOR EACH STATEMENT EXECUTE FUNCTION public.no_room()');
  await log.dataSource.query(`CREATE FUNCTION public.no_room_for_tables() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN ${NO_ROOM}; END $$`);
  await log.dataSource.query(`CREATE EVENT TRIGGER no_room ON ddl_command_start WHEN TAG IN ('CREATE TABLE', 'ALTER TABLE') EXECUTE FUNCTION public.no_room_for_tables()`);
}

const keeper = (isSo: boolean): PartitionKeeper =>
  new PartitionKeeper(new Partitions(log.dataSource, { days: RETENTION_DAYS }), log.dataSource, { send: () => Promise.resolve(), sendJson: () => Promise.resolve() } as unknown as BatchProducer, { isSo, whenSo: () => undefined });

/** How many days ago the days of a table are. */
async function kept(table: string): Promise<number[]> {
  const rows = await log.dataSource.query<{ name: string }[]>(`SELECT relname AS name FROM pg_class WHERE relnamespace = 'log'::regnamespace AND relname ~ ('^' || $1 || '_\\d{8}$')`, [table]);
  const names = new Set(rows.map(({ name }) => name));
  return [0, 1, 3, 4, 5].filter((days) => names.has(partitionName(table, dayOf(Date.now() - days * DAY_MS))));
}

async function until(table: string, days: number[]): Promise<void> {
  while ((await kept(table)).join() !== days.join()) await pause(20);
}

it('drops attempts past retention on a full disk, while the log is behind: a shorter retention freed nothing until there was room', async () => {
  await fillDisk();
  await expect(log.writer.writeFacts([placed(attempted(ofDelivery(), 1), 9)])).rejects.toThrow();
  const running = keeper(false);
  running.onApplicationBootstrap();
  await until('attempts', [0, 1]);
  // What parked deliveries need stays until the log knows which of them still wait.
  expect(await kept('deliveries')).toEqual([0, 1, 3, 4, 5]);
  running.onApplicationShutdown();
});

it('drops all days past retention once the log has caught up', async () => {
  const running = keeper(true);
  running.onApplicationBootstrap();
  for (const table of ['attempts', 'deliveries', 'deliveries_by_minute', 'attempts_by_minute']) await until(table, [0, 1]);
  running.onApplicationShutdown();
});
