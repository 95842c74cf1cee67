import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Changes of the log's bulk operations, for the audit. The operations themselves are in the log. */
export class OperationEvents1782211000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table config.operation_events (
        -- Of the last event of configuration before it: its place in the audit.
        position bigint not null,
        nth bigint generated always as identity,
        id text not null,
        version int not null,
        type text not null,
        at timestamptz(3) not null,
        actor text not null,
        -- Who may know of it; null = whoever sees all tenants.
        tenant text,
        groups text[] not null,
        data jsonb not null,
        primary key (id, version, type)
      );
      create index operation_events_place on config.operation_events (position, nth);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table config.operation_events');
  }
}
