import type { MigrationInterface, QueryRunner } from 'typeorm';

export class EventStore1764000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- The position of the last event. Its row lock is what puts writers in line (event-store.ts).
      create table config.head (position bigint not null);
      insert into config.head values (0);

      -- What happened, and nothing else is ever done to it than to add to it.
      create table config.events (
        position bigint primary key,
        stream text not null,
        version int not null,
        type text not null,
        at timestamptz(3) not null,
        actor text not null,
        data jsonb not null,
        unique (stream, version)
      );
      create function config.refuse() returns trigger language plpgsql as $$ begin raise exception 'config.events is append-only'; end $$;
      create trigger append_only before update or delete or truncate on config.events execute function config.refuse();

      -- The last state of every aggregate, changed in the transaction that appends to its stream.
      create table config.aggregates (
        kind text not null,
        id text not null,
        version int not null,
        position bigint not null,
        -- Position of the first event: the order of lists.
        created bigint not null,
        created_at timestamptz(3) not null,
        at timestamptz(3) not null,
        deleted boolean not null,
        -- The deletion was published long enough ago for its record to be taken away altogether.
        buried boolean not null default false,
        tenant text,
        groups text[] not null,
        -- The callback whose groups decide who may see this, where that is not its own.
        owner text,
        -- Unique among the living of its kind.
        name text,
        -- Streams it depends on: they cannot be deleted while it lives.
        links text[] not null,
        state jsonb,
        primary key (kind, id)
      );
      create unique index aggregates_name on config.aggregates (kind, name) where not deleted;
      create index aggregates_created on config.aggregates (kind, created) where not deleted;
      create index aggregates_tenant on config.aggregates (tenant, kind, created) where not deleted;
      create index aggregates_links on config.aggregates using gin (links) where not deleted;
      create index aggregates_position on config.aggregates (position);
      create index aggregates_unburied on config.aggregates (at) where deleted and not buried;

      -- What lives, with the groups that decide about it.
      create view config.resources as
        select a.kind, a.id, a.version, a.position, a.created, a.created_at, a.at, a.tenant, coalesce(o.groups, a.groups) as groups, a.name, a.links, a.state
        from config.aggregates a
        left join config.aggregates o on o.kind = 'callback' and o.id = a.owner
        where not a.deleted;

      -- One row: how far the relay has published, and which replica runs it until when.
      create table config.relay (position bigint not null, holder text, held_until timestamptz not null);
      insert into config.relay values (0, null, now());

      -- Samples and token tests of the last minute, by what they were of.
      create table config.samples (subject text not null, at timestamptz not null);
      create index samples_recent on config.samples (subject, at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema config cascade; create schema config');
  }
}
