import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Notices that wait to be published, and the conditions by which it is seen that something began or ceased to fail. */
export class Notices1780790400000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`CREATE TABLE log.conditions (
      about   text        NOT NULL,  -- callback, credential
      id      text        NOT NULL,
      failing boolean     NOT NULL,
      since   timestamptz NOT NULL,  -- of the first of its kind
      PRIMARY KEY (about, id)
    )`);
    await queryRunner.query(`COMMENT ON TABLE log.conditions IS 'Whether callbacks and credentials fail; what never failed has no row.'`);
    await queryRunner.query(`CREATE TABLE log.notices (
      type        text        NOT NULL,
      subject     text        NOT NULL,
      tenant      text,                  -- null = of none
      groups      text[]      NOT NULL,  -- who in the tenant may know of it; empty = everybody
      data        json        NOT NULL,  -- of the last time
      mark        bigint,                -- grows with each fact: one that was told of is not told of again
      occurrences int         NOT NULL,  -- that nobody was told of so far
      first_at    timestamptz NOT NULL,
      last_at     timestamptz NOT NULL,
      due_at      timestamptz NOT NULL,  -- not told of before
      PRIMARY KEY (type, subject)
    )`);
    await queryRunner.query(`COMMENT ON TABLE log.notices IS 'What is to be told, one row a type and subject; kept for ten minutes at least after it was told.'`);
    await queryRunner.query('CREATE INDEX notices_by_due ON log.notices (due_at) WHERE occurrences > 0');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE log.notices');
    await queryRunner.query('DROP TABLE log.conditions');
  }
}
