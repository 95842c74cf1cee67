import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whether a request with an `Idempotency-Key` has changed something, and the status of its answer. */
export class IdempotentAnswers1780500000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE log.idempotent_requests
      ADD done boolean NOT NULL DEFAULT false, ADD status smallint, ADD secrets text, ADD secrets_until timestamptz`);
    await queryRunner.query('UPDATE log.idempotent_requests SET status = 202 WHERE answer IS NOT NULL');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE log.idempotent_requests DROP done, DROP status, DROP secrets, DROP secrets_until');
  }
}
