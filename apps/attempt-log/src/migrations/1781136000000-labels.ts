import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The labels of callbacks and credentials, for statistics by label; null = not known yet. */
export class Labels1781136000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE log.owners ADD COLUMN labels jsonb');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE log.owners DROP COLUMN labels');
  }
}
