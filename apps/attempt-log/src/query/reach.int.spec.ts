import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Principal } from '@nuncio/contracts';
import { attempted, ofDelivery, placed, succeeded } from '../testing/facts.js';
import { openLog, type LogDatabase } from '../testing/log-database.js';
import { reachOf } from './reach.js';

const ATTEMPTS = 2_000;
const FEW = 2_000;
const MANY = 100_000;
const caller: Principal = { id: 'key_1', role: 'consumer', tenant: 'acme', groups: ['odd'] };

let log: LogDatabase;
const own = (from: number, to: number): Promise<void> =>
  log.owned('callback', Array.from({ length: to - from }, (_, i) => ({ id: `cb_${from + i}`, state: { tenant: 'acme', groups: [(from + i) % 2 ? 'odd' : 'even'] } })));

beforeAll(async () => {
  log = await openLog();
  const facts = Array.from({ length: ATTEMPTS }, (_, n) => placed(attempted(ofDelivery({ ceId: `n-${n}`, eventAt: Date.now() - n, tenant: 'acme', callback: `cb_${n}`, subscription: `sub_${n}` }), 1, succeeded), n));
  for (let from = 0; from < ATTEMPTS; from += 1_000) await log.writer.writeFacts(facts.slice(from, from + 1_000));
  await own(0, FEW);
});
afterAll(() => log.drop());

interface Explained {
  readonly Plan: Readonly<Record<'Actual Rows' | 'Shared Hit Blocks' | 'Shared Read Blocks', number>>;
}

/** Reads a page within the caller's reach, and counts the blocks that PostgreSQL reads for it. */
async function page(): Promise<{ rows: number; blocks: number }> {
  const values: unknown[] = [];
  const where = reachOf(caller)((value) => `$${values.push(value)}`).join(' AND ');
  const text = `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT e.id FROM log.attempts e WHERE ${where} ORDER BY started_at DESC, id DESC LIMIT 101`;
  const [row] = await log.dataSource.query<{ 'QUERY PLAN': [Explained] }[]>(text, values);
  const { Plan: plan } = row!['QUERY PLAN'][0];
  return { rows: plan['Actual Rows'], blocks: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'] };
}

it('costs the same however much a tenant owns: with 100,000 callbacks a query took seconds', async () => {
  await log.dataSource.query('ANALYZE log.owners, log.attempts');
  const few = await page();
  await own(FEW, MANY);
  await log.dataSource.query('ANALYZE log.owners');
  const many = await page();
  expect([few.rows, many.rows]).toEqual([101, 101]);
  expect(many.blocks).toBeLessThan(2 * few.blocks);
});
