import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Statistics by event type and HTTP status, of deliveries beside attempts. A delivery is counted by its present status, under the minute in which its
 * event was published (`CountDeliveries`).
 */
export class Statistics1780617600000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of [...attemptMinutes, ...deliveryMinutes]) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
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
];
