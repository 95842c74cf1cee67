import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Statistics by event type and HTTP status, of deliveries beside attempts. A delivery is counted by its present status, under the minute in which its
 * event was published. When it changes, a trigger subtracts the former count and adds the new one in the same transaction. Existing rows are counted
 * once, here.
 */
export class Statistics1780617600000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of [...attemptMinutes, ...deliveryMinutes]) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const when of ['insert', 'update']) await queryRunner.query(`DROP TRIGGER count_${when} ON log.deliveries`);
    await queryRunner.query('DROP FUNCTION log.count_inserted(), log.count_updated()');
    await queryRunner.query('DROP TABLE log.deliveries_by_minute, log.attempts_by_minute');
  }
}

const attemptMinutes = [
  `CREATE TABLE log.attempts_by_minute (
     minute          timestamptz NOT NULL,  -- its beginning
     tenant          text        NOT NULL,
     callback        text        NOT NULL,
     event_type      text        NOT NULL,
     outcome         text        NOT NULL,  -- delivered, or the error class
     response_status smallint    NOT NULL,  -- 0 = there was no answer
     bucket          smallint    NOT NULL,  -- of latency: up to 1.25 ^ bucket milliseconds; -1 = nothing was sent
     attempts        bigint      NOT NULL,
     PRIMARY KEY (callback, minute, event_type, outcome, response_status, bucket, tenant)
   ) PARTITION BY RANGE (minute)`,
  'CREATE INDEX attempts_by_minute_of_tenant ON log.attempts_by_minute (tenant, minute)',
  'CREATE INDEX attempts_by_minute_by_time ON log.attempts_by_minute USING brin (minute) WITH (pages_per_range = 16)',
  `COMMENT ON TABLE log.attempts_by_minute IS 'Attempts that started in a minute, counted by callback, event type, what came of them, and latency.'`,
  `COMMENT ON TABLE log.attempt_minutes IS 'The same, as it was counted before there was attempts_by_minute.'`,
];

const BUCKET = `CASE WHEN status = 'delivered' AND delivered_at IS NOT NULL
  THEN ceil(ln(greatest(extract(epoch FROM delivered_at - event_at)::float8 * 1000, 1)) / ln(1.25::float8))::smallint ELSE -1::smallint END`;
const KEYS = `date_trunc('minute', event_at, 'UTC') AS minute, tenant, callback, event_type, status, ${BUCKET} AS bucket`;
const COUNT = (rows: string) => `INSERT INTO log.deliveries_by_minute AS m (minute, tenant, callback, event_type, status, bucket, deliveries)
  SELECT minute, tenant, callback, event_type, status, bucket, sum(n) FROM (${rows}) r
  GROUP BY minute, tenant, callback, event_type, status, bucket HAVING sum(n) <> 0 ORDER BY callback, minute, event_type, status, bucket, tenant
  ON CONFLICT (callback, minute, event_type, status, bucket, tenant) DO UPDATE SET deliveries = m.deliveries + excluded.deliveries`;

const deliveryMinutes = [
  `CREATE TABLE log.deliveries_by_minute (
     minute     timestamptz NOT NULL,  -- in which their events were published
     tenant     text        NOT NULL,
     callback   text        NOT NULL,
     event_type text        NOT NULL,
     status     text        NOT NULL,  -- as they stand now
     bucket     smallint    NOT NULL,  -- delivered: up to 1.25 ^ bucket milliseconds after publication; -1 = not delivered
     deliveries bigint      NOT NULL,
     PRIMARY KEY (callback, minute, event_type, status, bucket, tenant)
   ) PARTITION BY RANGE (minute)`,
  'CREATE INDEX deliveries_by_minute_of_tenant ON log.deliveries_by_minute (tenant, minute)',
  'CREATE INDEX deliveries_by_minute_by_time ON log.deliveries_by_minute USING brin (minute) WITH (pages_per_range = 16)',
  `COMMENT ON TABLE log.deliveries_by_minute IS 'Deliveries by the minute of their publication, counted as they stand.'`,
  // One partition for each day that has deliveries; retention drops them by day.
  `DO $$ DECLARE day text; BEGIN
     FOR day IN SELECT right(c.relname, 8) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'log.deliveries'::regclass LOOP
       EXECUTE format('CREATE TABLE log.%I PARTITION OF log.deliveries_by_minute FOR VALUES FROM (%L) TO (%L)', 'deliveries_by_minute_' || day,
         to_date(day, 'YYYYMMDD')::timestamp AT TIME ZONE 'UTC', (to_date(day, 'YYYYMMDD') + 1)::timestamp AT TIME ZONE 'UTC');
     END LOOP;
   END $$`,
  `CREATE FUNCTION log.count_inserted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
     ${COUNT(`SELECT ${KEYS}, 1 AS n FROM present`)};
     RETURN NULL;
   END $$`,
  `CREATE FUNCTION log.count_updated() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
     ${COUNT(`SELECT ${KEYS}, 1 AS n FROM present UNION ALL SELECT ${KEYS}, -1 FROM former`)};
     RETURN NULL;
   END $$`,
  'CREATE TRIGGER count_insert AFTER INSERT ON log.deliveries REFERENCING NEW TABLE AS present FOR EACH STATEMENT EXECUTE FUNCTION log.count_inserted()',
  'CREATE TRIGGER count_update AFTER UPDATE ON log.deliveries REFERENCING NEW TABLE AS present OLD TABLE AS former FOR EACH STATEMENT EXECUTE FUNCTION log.count_updated()',
  COUNT(`SELECT ${KEYS}, 1 AS n FROM log.deliveries`),
];
