import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openDatabase } from '@nuncio/database';
import { DataSource } from 'typeorm';
import { LogWriter } from '../ingest/log-writer.js';
import { Partitions } from '../partitions/partitions.js';
import { attempted, ofDelivery, placed } from '../testing/facts.js';
import { openLog, type LogDatabase } from '../testing/log-database.js';

const TIMEOUT_MS = 2_000;
const DAY_MS = 86_400_000;

let log: LogDatabase;
let patient: DataSource;
beforeAll(async () => {
  log = await openLog(30, { statementTimeoutMs: TIMEOUT_MS });
  patient = await openDatabase({ url: (log.dataSource.options as { url: string }).url, schema: 'log' });
});
afterAll(async () => {
  await patient.destroy();
  await log.drop();
});

it('ends a query that takes too long, and says so', async () => {
  await expect(log.dataSource.query('SELECT pg_sleep(60)')).rejects.toMatchObject({ code: 'timeout', message: expect.stringContaining('narrow the time') });
  expect(await log.dataSource.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

it('lets retention wait as long as somebody reads what it drops, and no other statement queue behind it', async () => {
  const now = Date.now();
  const writer = new LogWriter(patient, new Partitions(patient, { days: 30 }));
  await writer.writeFacts([placed(attempted(ofDelivery({ eventAt: now }), 1, { startedAt: now }), 1)]);
  const dropped = await patient.transaction(async (tx) => {
    await tx.query('SELECT FROM log.attempts');
    const dropping = log.partitions.dropExpired(now + 31 * DAY_MS);
    await tx.query('SELECT pg_sleep($1)', [(1.5 * TIMEOUT_MS) / 1_000]);
    return { dropping };
  });
  expect((await dropped.dropping).filter((name) => name.startsWith('attempts_'))).not.toEqual([]);
  await expect(log.dataSource.query('SELECT pg_sleep(60)')).rejects.toMatchObject({ code: 'timeout' });
});
