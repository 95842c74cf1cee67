import { buildIndex } from '@nuncio/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ExternalIds1782000000000 implements MigrationInterface {
  transaction = false as const;

  async up(runner: QueryRunner): Promise<void> {
    // Unique in a tenant among the living of its kind; those of tenants themselves in the installation.
    const on = `(kind, (state ->> 'externalId'), (case when kind = 'tenant' then '' else tenant end)) where not deleted and state ->> 'externalId' is not null`;
    await buildIndex(runner, { name: 'aggregates_external_id', table: 'config.aggregates', on, unique: true });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index config.aggregates_external_id');
  }
}
