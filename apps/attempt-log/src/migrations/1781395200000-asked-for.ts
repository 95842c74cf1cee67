import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Why an attempt was made, who asked for it, and for which operation: columns, so that lists can filter by them. Null in rows from before, and in those that a
 * former release writes meanwhile; `fact` has the reason of these. And the stable code of the reason for which Nuncio paused an operation.
 */
export class AskedFor1781395200000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE log.attempts ADD COLUMN reason text, ADD COLUMN requested_by text, ADD COLUMN operation text');
    await queryRunner.query('ALTER TABLE log.facts ADD COLUMN operation text');
    await queryRunner.query('ALTER TABLE log.operations ADD COLUMN reason_code text');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE log.operations DROP COLUMN reason_code');
    await queryRunner.query('ALTER TABLE log.facts DROP COLUMN operation');
    await queryRunner.query('ALTER TABLE log.attempts DROP COLUMN reason, DROP COLUMN requested_by, DROP COLUMN operation');
  }
}
