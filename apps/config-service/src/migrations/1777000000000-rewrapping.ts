import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Rewrapping1777000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- What is left of an event when the wrapping of its sealed secrets (key id and wrapped data key, seal.ts) is taken off.
      create function config.unwrapped(data jsonb) returns text language sql immutable as
        $$ select regexp_replace(data::text, 's1\\.[A-Za-z0-9_-]{1,32}\\.[A-Za-z0-9_-]{80}\\.', 's1.', 'g') $$;

      -- Of what happened nothing is ever changed, except under which key its secrets lie (ADR 9).
      create function config.only_rewrapped() returns trigger language plpgsql as $$ begin
        if (new.position, new.stream, new.version, new.type, new.at, new.actor) is distinct from (old.position, old.stream, old.version, old.type, old.at, old.actor)
          or config.unwrapped(new.data) is distinct from config.unwrapped(old.data) then raise exception 'config.events is append-only'; end if;
        return new;
      end $$;
      drop trigger append_only on config.events;
      create trigger append_only before delete or truncate on config.events execute function config.refuse();
      create trigger only_rewrapped before update on config.events for each row execute function config.only_rewrapped();

      -- How often the secrets of a state were wrapped anew, and which of these wrappings the relay has published.
      alter table config.aggregates add wrapping int not null default 0, add wrapping_published int not null default 0;
      create index aggregates_rewrapped on config.aggregates (kind, id) where wrapping > wrapping_published and not deleted;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop trigger only_rewrapped on config.events;
      drop trigger append_only on config.events;
      create trigger append_only before update or delete or truncate on config.events execute function config.refuse();
      drop function config.only_rewrapped, config.unwrapped;
      drop index config.aggregates_rewrapped;
      alter table config.aggregates drop wrapping, drop wrapping_published;
    `);
  }
}
