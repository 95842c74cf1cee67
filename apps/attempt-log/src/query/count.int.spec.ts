import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { attempted, ofDelivery, placed, succeeded } from '../testing/facts.js';
import { openLog, type LogDatabase } from '../testing/log-database.js';
import { countOf } from './count.js';
import { conditions, type Given } from './filters/filter.js';
import { attemptFilters } from './filters/filters.js';
import { attemptLeads, leading } from './filters/lead.js';

const ROWS = 500;
const TIMES_MORE = 100_000;

let log: LogDatabase;
beforeAll(async () => {
  log = await openLog();
  const at = Date.now();
  const facts = Array.from({ length: ROWS }, (_, n) => {
    const of = ofDelivery({ ceId: `n-${n}`, eventAt: at, callback: n ? 'cb_busy' : 'cb_quiet' });
    return placed(attempted(of, 1, { startedAt: at, ...succeeded }), n);
  });
  await log.writer.writeFacts(facts);
  await log.dataSource.query('ANALYZE log.attempts');
});
afterAll(() => log.drop());

const count = (given: Given<typeof attemptFilters>) =>
  countOf(log.dataSource, {
    from: () => 'log.attempts e',
    lead: (bind) => leading(attemptLeads, attemptFilters, given, bind),
    where: (bind) => conditions(attemptFilters, given, bind),
  });

it('counts small results exactly, and marks an estimate as one', async () => {
  expect(await count({})).toEqual({ value: ROWS, exact: true });
  expect(await count({ callback: ['cb_busy'] })).toEqual({ value: ROWS - 1, exact: true });

  // Statistics that PostgreSQL would have of a table with many times as many rows of the same distribution.
  await log.dataSource.query(
    `UPDATE pg_class SET reltuples = reltuples * ${TIMES_MORE} WHERE relkind = 'r' AND oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = 'log.attempts'::regclass)`,
  );
  for (const given of [{}, { callback: ['cb_busy'] }]) {
    const { value, exact } = await count(given);
    expect(exact).toBe(false);
    expect(value).toBeGreaterThan((ROWS * TIMES_MORE) / 2);
    expect(value).toBeLessThan(ROWS * TIMES_MORE * 2);
  }
  expect(await count({ callback: ['cb_none'] })).toEqual({ value: 0, exact: true });
});
