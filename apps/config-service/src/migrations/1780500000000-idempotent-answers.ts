import type { MigrationInterface, QueryRunner } from 'typeorm';

export class IdempotentAnswers1780500000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- done: it has changed something, be its answer known or not. secrets: sealed, for a repeat of the request until secrets_until.
      alter table config.idempotent_requests
        add done boolean not null default false, add status smallint, add secrets text, add secrets_until timestamptz;
      update config.idempotent_requests set status = 201 where answer is not null;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table config.idempotent_requests drop done, drop status, drop secrets, drop secrets_until');
  }
}
