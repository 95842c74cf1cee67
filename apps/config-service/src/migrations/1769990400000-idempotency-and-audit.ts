import type { MigrationInterface, QueryRunner } from 'typeorm';

export class IdempotencyAndAudit1769990400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Requests with an Idempotency-Key, for 24 hours; answer null = still running.
      create table config.idempotent_requests (
        caller text not null,
        route text not null,
        key text not null,
        body_hash text not null,
        answer json,
        at timestamptz not null default now(),
        primary key (caller, route, key)
      );
      create index idempotent_requests_at on config.idempotent_requests (at);

      -- Who did what when, with the tenant and the groups that decide now who may know.
      create index aggregates_stream on config.aggregates ((kind || '-' || id));
      create view config.audit as
        select e.position, e.version, e.type, e.at, e.actor, e.data, a.kind, a.id, a.tenant, coalesce(o.groups, a.groups) as groups
        from config.events e
        join config.aggregates a on a.kind || '-' || a.id = e.stream
        left join config.aggregates o on o.kind = 'callback' and o.id = a.owner;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop view config.audit; drop index config.aggregates_stream; drop table config.idempotent_requests');
  }
}
