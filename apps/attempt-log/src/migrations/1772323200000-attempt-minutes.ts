import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Roll-ups for charts, kept in the statement that inserts attempts. */
export class AttemptMinutes1772323200000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE log.attempts ADD COLUMN total_ms real'); // from the start of the first request to its last byte
    for (const statement of attemptMinutes) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE log.attempt_minutes');
    await queryRunner.query('ALTER TABLE log.attempts DROP COLUMN total_ms');
  }
}

const attemptMinutes = [
  `CREATE TABLE log.attempt_minutes (
     minute   timestamptz NOT NULL,  -- its beginning
     tenant   text        NOT NULL,
     callback text        NOT NULL,
     outcome  text        NOT NULL,  -- delivered, or the error class
     bucket   smallint    NOT NULL,  -- of latency: up to 1.25 ^ bucket milliseconds
     attempts bigint      NOT NULL,
     PRIMARY KEY (callback, minute, outcome, bucket, tenant)
   ) PARTITION BY RANGE (minute)`,
  'CREATE INDEX attempt_minutes_by_tenant ON log.attempt_minutes (tenant, minute)',
  `COMMENT ON TABLE log.attempt_minutes IS 'Attempts that started in a minute, counted by callback, outcome and latency.'`,
];
