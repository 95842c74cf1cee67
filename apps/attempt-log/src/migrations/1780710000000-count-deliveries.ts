import { BRIEFLY } from '@nuncio/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Counts deliveries into log.deliveries_by_minute. From now on triggers do it: when a delivery changes, its former count is subtracted and the new one
 * added, in the same transaction. What was there before is counted beside the writers (docs/adr/0061), which may be interrupted and run again.
 */
export class CountDeliveries1780710000000 implements MigrationInterface {
  transaction = false as const;

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of functions) await queryRunner.query(statement);
    await queryRunner.query(MAKE_DAYS);
    // Days that came since then are few, so the lock is kept for a moment.
    await queryRunner.query(`${BRIEFLY}; SELECT pg_advisory_xact_lock(${MAKE_LOCK}); LOCK TABLE log.deliveries IN SHARE ROW EXCLUSIVE MODE; ${MAKE_DAYS}; ${triggers.join('; ')}`);
    for (let from = '-infinity', until = ''; until !== 'infinity'; from = until) {
      const [next] = (await queryRunner.query(STEP_END, [from])) as { until: string }[];
      until = next?.until ?? 'infinity';
      await queryRunner.query(COUNT_MISSING, [from, until]);
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const when of ['insert', 'update']) await queryRunner.query(`DROP TRIGGER count_${when} ON log.deliveries`);
    await queryRunner.query('DROP FUNCTION log.count_inserted(), log.count_updated(), log.make_counted_day(date)');
    await queryRunner.query('TRUNCATE log.deliveries_by_minute');
  }
}

/** Advisory locks: that of partitions/partitions.ts, and a number that no other lock uses. */
const MAKE_LOCK = 7_303_014;
const COUNT_LOCK = 7_303_016;
/** Rows that are counted in one statement, and what else belongs to the last one's minute. */
const STEP = 20_000;

const BUCKET = `CASE WHEN status = 'delivered' AND delivered_at IS NOT NULL
  THEN ceil(ln(greatest(extract(epoch FROM delivered_at - event_at)::float8 * 1000, 1)) / ln(1.25::float8))::smallint ELSE -1::smallint END`;
const KEYS = `date_trunc('minute', event_at, 'UTC') AS minute, tenant, callback, event_type, status, ${BUCKET} AS bucket`;
const COLUMNS = 'minute, tenant, callback, event_type, status, bucket';
/** Sorted, so that whoever counts locks the minutes in the same order. */
const ORDER = 'ORDER BY callback, minute, event_type, status, bucket, tenant';
const SUM = (rows: string) => `SELECT ${COLUMNS}, sum(n) AS deliveries FROM (${rows}) r GROUP BY ${COLUMNS} HAVING sum(n) <> 0`;
const ADD = (counts: string) => `INSERT INTO log.deliveries_by_minute AS m (${COLUMNS}, deliveries) ${counts} ${ORDER}
  ON CONFLICT (callback, minute, event_type, status, bucket, tenant) DO UPDATE SET deliveries = m.deliveries + excluded.deliveries`;

/**
 * Transactions that count do so one after another: a statement that inserts some rows and updates others counts twice, so two of them could deadlock on
 * each other's minutes. The lock is taken after all rows are written. An attempt-log of the former release makes no partitions of this table, so they
 * are made here.
 */
const COUNT = (rows: string): string => `BEGIN
  IF NOT EXISTS (SELECT FROM present) THEN RETURN NULL; END IF;
  PERFORM pg_advisory_xact_lock(${COUNT_LOCK});
  PERFORM log.make_counted_day(day) FROM (SELECT DISTINCT (event_at AT TIME ZONE 'UTC')::date AS day FROM present) d
    WHERE to_regclass('log.deliveries_by_minute_' || to_char(day, 'YYYYMMDD')) IS NULL;
  ${ADD(SUM(rows))};
  RETURN NULL;
END`;

const functions = [
  `CREATE OR REPLACE FUNCTION log.make_counted_day(day date) RETURNS void LANGUAGE plpgsql AS $$
   DECLARE name text := 'deliveries_by_minute_' || to_char(day, 'YYYYMMDD');
   BEGIN
     PERFORM pg_advisory_xact_lock(${MAKE_LOCK});
     IF EXISTS (SELECT FROM pg_inherits WHERE inhrelid = to_regclass('log.' || name)) THEN RETURN; END IF;
     EXECUTE format('CREATE TABLE IF NOT EXISTS log.%I (LIKE log.deliveries_by_minute INCLUDING ALL)', name);
     EXECUTE format('ALTER TABLE log.deliveries_by_minute ATTACH PARTITION log.%I FOR VALUES FROM (%L) TO (%L)', name,
       day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
   END $$`,
  `CREATE OR REPLACE FUNCTION log.count_inserted() RETURNS trigger LANGUAGE plpgsql AS $$ ${COUNT(`SELECT ${KEYS}, 1 AS n FROM present`)} $$`,
  `CREATE OR REPLACE FUNCTION log.count_updated() RETURNS trigger LANGUAGE plpgsql AS $$ ${COUNT(`SELECT ${KEYS}, 1 AS n FROM present UNION ALL SELECT ${KEYS}, -1 FROM former`)} $$`,
];

/** A partition for each day that has deliveries. Retention drops them by day. */
const MAKE_DAYS = `SELECT log.make_counted_day(to_date(right(c.relname, 8), 'YYYYMMDD')) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'log.deliveries'::regclass`;

const triggers = [
  'CREATE OR REPLACE TRIGGER count_insert AFTER INSERT ON log.deliveries REFERENCING NEW TABLE AS present FOR EACH STATEMENT EXECUTE FUNCTION log.count_inserted()',
  'CREATE OR REPLACE TRIGGER count_update AFTER UPDATE ON log.deliveries REFERENCING NEW TABLE AS present OLD TABLE AS former FOR EACH STATEMENT EXECUTE FUNCTION log.count_updated()',
];

/** The end of the minute in which a step from $1 has its rows; none = it is the last step. */
const STEP_END = `SELECT (date_trunc('minute', event_at, 'UTC') + interval '1 minute')::text AS until FROM log.deliveries WHERE event_at >= $1::timestamptz ORDER BY event_at OFFSET ${STEP} LIMIT 1`;

/**
 * Adds what is missing from the counts of a time: the difference between the rows and the counts, as one snapshot shows both. What triggers count
 * meanwhile is not in it, and changes it in nothing. Writers wait only while it is added.
 */
const COUNT_MISSING = `
  WITH missing AS MATERIALIZED (${SUM(`
    SELECT ${KEYS}, 1 AS n FROM log.deliveries WHERE event_at >= $1::timestamptz AND event_at < $2::timestamptz
    UNION ALL SELECT ${COLUMNS}, -deliveries FROM log.deliveries_by_minute WHERE minute >= $1::timestamptz AND minute < $2::timestamptz`)}),
  turn AS MATERIALIZED (SELECT pg_advisory_xact_lock(${COUNT_LOCK}) FROM (SELECT count(*) FROM missing) m)
  ${ADD(`SELECT ${COLUMNS}, deliveries FROM missing, turn`)}`;
