import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The authorization server's description of an error (`error_description`). */
export class TokenErrorDescription1779840000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE log.token_requests ADD COLUMN description text');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE log.token_requests DROP COLUMN description');
  }
}
