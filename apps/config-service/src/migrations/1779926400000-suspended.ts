import { buildIndex } from '@nuncio/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Suspended1779926400000 implements MigrationInterface {
  transaction = false as const;

  async up(runner: QueryRunner): Promise<void> {
    // Asked whenever a subscription is made or activated; there are few, among however many.
    const on = `(tenant) where kind = 'subscription' and not deleted and state ->> 'state' = 'suspended'`;
    await buildIndex(runner, { name: 'aggregates_suspended', table: 'config.aggregates', on });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index config.aggregates_suspended');
  }
}
