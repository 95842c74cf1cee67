import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The labels of callbacks and credentials, to count by them; null = not known yet. */
export class Labels1781136000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE log.owners ADD COLUMN labels jsonb');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE log.owners DROP COLUMN labels');
  }
}
