import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ExternalIds1782000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Unique in a tenant among the living of its kind; those of tenants themselves in the installation.
      create unique index aggregates_external_id on config.aggregates (kind, (state ->> 'externalId'), (case when kind = 'tenant' then '' else tenant end))
        where not deleted and state ->> 'externalId' is not null;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index config.aggregates_external_id');
  }
}
