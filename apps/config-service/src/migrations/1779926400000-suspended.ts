import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Suspended1779926400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Asked whenever a subscription is made or activated; there are few, among however many.
      create index aggregates_suspended on config.aggregates (tenant) where kind = 'subscription' and not deleted and state ->> 'state' = 'suspended';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index config.aggregates_suspended');
  }
}
