import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The timeline of a delivery: every fact other than attempts (a delivery's row has only the last one). And the record that a delivery waits as. */
export class Facts1780100000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`CREATE TABLE log.facts (
      delivery     text        NOT NULL,
      event_at     timestamptz NOT NULL,  -- of the event's record
      at           timestamptz NOT NULL,
      number       int         NOT NULL,  -- of the attempt that it is about
      fact         text        NOT NULL,  -- held, parked, skipped, canceled, exhausted, expired; by the log: asked, released
      reason       text,
      requested_by text,                  -- who asked for it
      hold         json,                  -- held: for what, since when, until when
      PRIMARY KEY (delivery, event_at, number, fact, at)
    ) PARTITION BY RANGE (event_at)`);
    await queryRunner.query(`COMMENT ON TABLE log.facts IS 'What happened to deliveries besides attempts.'`);
    await queryRunner.query('ALTER TABLE log.deliveries ADD COLUMN waits text'); // pending, held: the record in a delay topic, as JSON; null in rows from before
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE log.deliveries DROP COLUMN waits');
    await queryRunner.query('DROP TABLE log.facts');
  }
}
