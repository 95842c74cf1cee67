import pg from 'pg';

/**
 * The distribution of the rows. A tenant has 5 callbacks with two subscriptions each. One tenant has a fifth of all rows; the others share the rest.
 */
export const SPREAD = { days: 10, tenants: 200, callbacksEach: 5, subscriptionsEach: 2, eventTypes: 40 };

const DAY_MS = 86_400_000;

/** SQL of row `n`. `n` is mixed, so that neighbouring rows have nothing in common. */
const ROW = `
  SELECT n, format('%s', lpad(to_hex(n), 32, '0')) AS hex, $4::timestamptz - (n::float8 / $3) * interval '1 day' * ${SPREAD.days} AS at, tenant,
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

const ATTEMPTS = (table: string) => `INSERT INTO log.${table} (id, started_at, delivery, outcome, total_ms, fact, event_id, event_type, tenant, application, callback, subscription, response_status, error_class)
  SELECT 'att_' || hex, at, 'dlv_' || hex, CASE WHEN error_class IS NULL THEN 'delivered' ELSE 'failed' END, 12, ${FACT}, ${COMMON} FROM (${ROW}) r`;

const DELIVERIES = (table: string) => `INSERT INTO log.${table} (id, event_at, ce_id, ce_source, status, updated_at, fact_offset, attempts, first_attempt_at, last_attempt_at, last_attempt,
    event_id, event_type, tenant, application, callback, subscription, response_status, error_class)
  SELECT 'dlv_' || hex, at, n::text, '/bench', CASE WHEN error_class IS NULL THEN 'delivered' WHEN n % 3 = 0 THEN 'failed' ELSE 'pending' END, at, n, 1, at, at, 'att_' || hex, ${COMMON}
  FROM (${ROW}) r`;

const EVENTS = (table: string) => `INSERT INTO log.${table} (id, event_at, ce_id, ce_source, event_type, attributes, content_type, payload, partition, record_offset)
  SELECT 'evt_' || hex, at, n::text, '/bench', event_type, json_build_object('specversion', '1.0', 'id', n::text, 'source', '/bench', 'type', event_type), 'application/json',
    convert_to('"' || repeat('x', 300) || '"', 'UTF8'), n % 12, n FROM (${ROW}) r`;

const UNMATCHED = (table: string) => `INSERT INTO log.${table} (event_id, event_at, reason) SELECT 'evt_' || hex, at, 'no-subscription' FROM (${ROW}) r`;

const TABLES = { attempts: ATTEMPTS, deliveries: DELIVERIES, events: EVENTS, unmatched: UNMATCHED };

/** The owners of all callbacks. Each tenant's second callback has a label that no other tenant has; three of five callbacks have one in common. */
const OWNERS = `INSERT INTO log.owners (kind, id, tenant, groups, labels, position)
  SELECT 'callback', format('cb_%s_%s', t, c), format('tenant-%s', t), '{}', jsonb_build_object('team', CASE c WHEN 1 THEN format('of-%s', t) WHEN 0 THEN 'some' ELSE 'many' END), 1
  FROM generate_series(0, ${SPREAD.tenants - 1}) t, generate_series(0, ${SPREAD.callbacksEach - 1}) c ON CONFLICT DO NOTHING`;

/** Fills these tables of the log with this many rows over ten days, and updates PostgreSQL's statistics. */
export async function fill(databaseUrl: string, rows: number, log: (line: string) => void, tables: readonly (keyof typeof TABLES)[] = ['attempts', 'deliveries']): Promise<void> {
  const now = Date.now();
  await Promise.all(tables.map((table) => fillTable(table, TABLES[table])));

  async function fillTable(table: string, insertInto: (partition: string) => string): Promise<void> {
    const client = new pg.Client(databaseUrl);
    client.on('error', () => undefined); // the query under way rejects, too
    await client.connect();
    await client.query(`SET synchronous_commit = off; SET maintenance_work_mem = '512MB'`);
    for (let day = Math.floor(now / DAY_MS); day >= Math.floor(now / DAY_MS) - SPREAD.days; day--) {
      const [from, to] = [rowAt((day + 1) * DAY_MS) + 1, rowAt(day * DAY_MS)];
      await fillDay(client, table, day, (partition) => client.query(insertInto(partition), [from, to, rows, new Date(now)]));
      log(`${to} of ${rows} ${table}`);
    }
    if (await isThere(client, 'owners')) await client.query(OWNERS); // release 0.1.0 has no such table
    await client.query(`VACUUM ANALYZE log.${table}`);
    await client.end();
  }

  /** The last row that is not before this time. */
  function rowAt(time: number): number {
    return Math.max(0, Math.min(rows, Math.floor(((now - time) / (SPREAD.days * DAY_MS)) * rows)));
  }
}

/** A new day is filled as a separate table, and gets its indexes when it is attached, which takes a fraction of the time. */
async function fillDay(client: pg.Client, table: string, day: number, insert: (partition: string) => Promise<unknown>): Promise<void> {
  const start = dateOf(day);
  const partition = `${table}_${start.replaceAll('-', '')}`;
  const isOld = await isThere(client, partition);
  if (!isOld) await client.query(`CREATE TABLE log.${partition} (LIKE log.${table} INCLUDING DEFAULTS)`);
  await insert(partition);
  if (!isOld) await client.query(`ALTER TABLE log.${table} ATTACH PARTITION log.${partition} FOR VALUES FROM ('${start}Z') TO ('${dateOf(day + 1)}Z')`);
}

async function isThere(client: pg.Client, table: string): Promise<boolean> {
  const { rows } = await client.query(`SELECT FROM pg_class WHERE oid = to_regclass($1)`, [`log.${table}`]);
  return rows.length > 0;
}

const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);
