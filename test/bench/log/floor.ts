import pg from 'pg';
import { fact, type Fact } from './fact.js';

const ROWS_AT_ONCE = 1_000;

type Columns = Readonly<Record<string, readonly [type: string, value: (one: Fact) => unknown]>>;
const time = (ms: number): string => new Date(ms).toISOString();

const both: Columns = {
  event_id: ['text', (one) => one.event],
  event_type: ['text', (one) => one.eventType],
  tenant: ['text', (one) => one.tenant],
  application: ['text', (one) => one.application],
  callback: ['text', (one) => one.callback],
  subscription: ['text', (one) => one.subscription],
  response_status: ['int', (one) => one.response.status],
  error_class: ['text', (one) => one.error?.class ?? null],
};

const tables: Readonly<Record<string, Columns>> = {
  attempts: {
    ...both,
    id: ['text', (one) => one.id],
    started_at: ['timestamptz', (one) => time(one.startedAt)],
    delivery: ['text', (one) => one.delivery],
    outcome: ['text', (one) => one.outcome],
    total_ms: ['real', (one) => one.timingsMs.total],
    fact: ['json', (one) => JSON.stringify(one)],
  },
  deliveries: {
    ...both,
    id: ['text', (one) => one.delivery],
    event_at: ['timestamptz', (one) => time(one.eventAt)],
    ce_id: ['text', (one) => one.ceId],
    ce_source: ['text', (one) => one.ceSource],
    status: ['text', (one) => (one.outcome === 'failed' ? 'pending' : one.outcome)],
    updated_at: ['timestamptz', (one) => time(one.at)],
    fact_offset: ['bigint', () => 0],
    attempts: ['int', (one) => one.number],
    first_attempt_at: ['timestamptz', (one) => time(one.startedAt)],
    last_attempt_at: ['timestamptz', (one) => time(one.startedAt)],
    last_attempt: ['text', (one) => one.id],
  },
};

/**
 * How fast a bare loop of `INSERT … SELECT FROM unnest` writes an attempt and its delivery into tables like the log's, with all their indexes. The
 * parameters are made before, so that only PostgreSQL is measured: nothing is read, checked, folded or counted.
 */
export async function measureInserts(databaseUrl: string, count: number): Promise<{ perSecond: number }> {
  const facts = Array.from({ length: count }, (_, n) => fact(n, Date.now()));
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 2 });
  await pool.query('CREATE SCHEMA floor');
  for (const table of Object.keys(tables)) await pool.query(`CREATE TABLE floor.${table} (LIKE log.${table} INCLUDING ALL)`);
  const batches = Array.from({ length: count / ROWS_AT_ONCE }, (_, n) => {
    const rows = facts.slice(n * ROWS_AT_ONCE, (n + 1) * ROWS_AT_ONCE);
    return Object.entries(tables).map(([table, columns]) => ({ text: insertInto(table, columns), values: valuesOf(columns, rows) }));
  });
  const started = performance.now();
  for (const batch of batches) await Promise.all(batch.map(({ text, values }) => pool.query(text, values)));
  const seconds = (performance.now() - started) / 1_000;
  await pool.query('DROP SCHEMA floor CASCADE');
  await pool.end();
  return { perSecond: Math.round(count / seconds) };
}

function insertInto(table: string, columns: Columns): string {
  const arrays = Object.values(columns).map(([type], i) => (type === 'json' ? `string_to_array($${i + 1}, E'\\x1e')::json[]` : `$${i + 1}::${type}[]`));
  return `INSERT INTO floor.${table} (${Object.keys(columns).join(', ')}) SELECT * FROM unnest(${arrays.join(', ')})`;
}

/** One array literal per column. JSON is separated by a control character that it cannot have, so that it needs no quoting. */
const valuesOf = (columns: Columns, rows: readonly Fact[]): string[] =>
  Object.values(columns).map(([type, value]) =>
    type === 'json' ? rows.map(value).join('\x1e') : `{${rows.map((row) => JSON.stringify(value(row) ?? null)).join(',')}}`,
  );
