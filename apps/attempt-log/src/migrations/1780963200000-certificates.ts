import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The last certificate that each endpoint presented. */
export class Certificates1780963200000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`CREATE TABLE log.certificates (
      callback text        NOT NULL PRIMARY KEY,
      ends_at  timestamptz NOT NULL,
      seen_at  timestamptz NOT NULL  -- when the first connection was made that showed it
    )`);
    await queryRunner.query(`COMMENT ON TABLE log.certificates IS 'The certificate that each endpoint has shown last.'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE log.certificates');
  }
}
