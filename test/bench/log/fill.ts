import pg from 'pg';

/** How the rows are spread. A tenant has 5 callbacks, of two subscriptions each; one tenant has a fifth of everything, the others share the rest. */
export const SPREAD = { days: 10, tenants: 200, callbacksEach: 5, subscriptionsEach: 2, eventTypes: 40 };

const ROWS_AT_ONCE = 50_000;

/** Everything about row `n`, in SQL: `n` is mixed, so that neighbours have nothing in common. */
const ROW = `
  SELECT n, format('%s', lpad(to_hex(n), 32, '0')) AS hex, now() - (n::float8 / $3) * interval '1 day' * ${SPREAD.days} AS at, tenant,
    format('cb_%s_%s', tenant, mixed / 7 % ${SPREAD.callbacksEach}) AS callback,
    format('sub_%s_%s_%s', tenant, mixed / 7 % ${SPREAD.callbacksEach}, mixed / 11 % ${SPREAD.subscriptionsEach}) AS subscription,
    format('type.%s', mixed / 13 % ${SPREAD.eventTypes}) AS event_type,
    CASE WHEN mixed / 17 % 20 > 0 THEN NULL WHEN mixed / 19 % 100 = 0 THEN 'dns' WHEN mixed / 19 % 10 = 0 THEN 'timeout' ELSE 'http' END AS error_class
  FROM (SELECT n, mixed, CASE WHEN mixed % 5 = 0 THEN 0 ELSE mixed / 5 % ${SPREAD.tenants} END AS tenant FROM
    (SELECT n, abs(hashint8(n::bigint)::bigint) AS mixed FROM generate_series($1::int, $2::int) n) m) t`;

const COMMON = `format('evt_%s', hex), event_type, format('tenant-%s', tenant), format('app_%s', tenant), callback, subscription,
  CASE WHEN error_class IS NULL THEN 204 WHEN error_class = 'http' THEN 503 END, error_class`;

const FACT = `json_build_object('fact', 'attempted', 'id', 'att_' || hex, 'startedAt', (extract(epoch FROM at) * 1000)::bigint, 'requests', 1, 'number', 1, 'reason', 'first',
  'request', json_build_object('method', 'POST', 'url', 'https://hooks.example.com/in', 'headers', json_build_object('authorization', '<redacted>', 'filling', repeat('x', 700))),
  'response', NULL, 'timingsMs', json_build_object('total', 12), 'outcome', 'delivered', 'error', NULL, 'tokenError', NULL, 'next', json_build_object('step', 'done'))`;

const ATTEMPTS = `INSERT INTO log.attempts (id, started_at, delivery, outcome, total_ms, fact, event_id, event_type, tenant, application, callback, subscription, response_status, error_class)
  SELECT 'att_' || hex, at, 'dlv_' || hex, CASE WHEN error_class IS NULL THEN 'delivered' ELSE 'failed' END, 12, ${FACT}, ${COMMON} FROM (${ROW}) r`;

const DELIVERIES = `INSERT INTO log.deliveries (id, event_at, ce_id, ce_source, status, updated_at, fact_offset, attempts, first_attempt_at, last_attempt_at, last_attempt,
    event_id, event_type, tenant, application, callback, subscription, response_status, error_class)
  SELECT 'dlv_' || hex, at, n::text, '/bench', CASE WHEN error_class IS NULL THEN 'delivered' WHEN n % 3 = 0 THEN 'failed' ELSE 'pending' END, at, n, 1, at, at, 'att_' || hex, ${COMMON}
  FROM (${ROW}) r`;

/** So many attempts, and as many deliveries, over ten days; what PostgreSQL knows of them is brought up to date. */
export async function fill(databaseUrl: string, rows: number, log: (line: string) => void): Promise<void> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  for (let day = 0; day <= SPREAD.days; day++)
    for (const table of ['attempts', 'deliveries']) await client.query(partition(table, new Date(Date.now() - day * 86_400_000)));
  for (let from = 1; from <= rows; from += ROWS_AT_ONCE) {
    for (const insert of [ATTEMPTS, DELIVERIES]) await client.query(insert, [from, Math.min(rows, from + ROWS_AT_ONCE - 1), rows]);
    if (from % 500_000 === 1) log(`${from - 1} of ${rows} rows`);
  }
  await client.query('VACUUM ANALYZE log.attempts, log.deliveries');
  await client.end();
}

function partition(table: string, day: Date): string {
  const date = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
  const start = date(day.getTime());
  return `CREATE TABLE IF NOT EXISTS log.${table}_${start.replaceAll('-', '')} PARTITION OF log.${table} FOR VALUES FROM ('${start}Z') TO ('${date(day.getTime() + 86_400_000)}Z')`;
}
