import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ListIndexes1782100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Of a callback, or of a credential, without its port.
      create function config.host_of(state jsonb) returns text language sql immutable parallel safe as
        $$ select lower(substring(coalesce(state ->> 'url', state ->> 'tokenUrl', state ->> 'issuer') from '^[a-zA-Z]+://(?:[^/?#@]*@)?(\\[[^]]*\\]|[^/?#:]+)')) $$;

      -- What people know a resource by, in lower case; none of it is hidden from who may read it.
      create function config.searched(id text, state jsonb) returns text language sql immutable parallel safe as
        $$ select lower(id || E'\\n' || coalesce(state ->> 'externalId', '') || E'\\n' || coalesce(state ->> 'name', '') || E'\\n' || coalesce(state ->> 'url', '') || E'\\n'
          || coalesce(state ->> 'issuer', '') || E'\\n' || coalesce(state ->> 'tokenUrl', '') || E'\\n' || coalesce(state ->> 'eventTypes', '')) $$;

      create index aggregates_own_name on config.aggregates (kind, (state ->> 'name')) where not deleted;
      create index aggregates_host on config.aggregates (config.host_of(state)) where not deleted and kind in ('callback', 'credential');
      create index aggregates_url on config.aggregates ((state ->> 'url')) where not deleted and kind = 'callback';
      create index aggregates_labels on config.aggregates using gin ((state -> 'labels') jsonb_path_ops) where not deleted;
      create index aggregates_enabled on config.aggregates ((state ->> 'enabled'), created) where not deleted and kind = 'callback';
      create index aggregates_state on config.aggregates ((state ->> 'state'), created) where not deleted and kind = 'subscription';
      create index aggregates_since on config.aggregates (kind, at) where not deleted;
      create index aggregates_updated on config.aggregates (kind, position) where not deleted;

      -- Texts in them are found by an index where there is pg_trgm, and by looking at all where there is not.
      do $$ declare place text; begin
        if exists (select from pg_available_extensions where name = 'pg_trgm') then
          begin
            create extension if not exists pg_trgm schema config;
          exception when insufficient_privilege or feature_not_supported then null;
          end;
        end if;
        select n.nspname into place from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'pg_trgm';
        if place is not null then
          execute format('create index aggregates_searched on config.aggregates using gin (config.searched(id, state) %I.gin_trgm_ops) where not deleted', place);
        end if;
      end $$;
      analyze config.aggregates;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop index if exists config.aggregates_searched;
      drop index config.aggregates_own_name, config.aggregates_host, config.aggregates_url, config.aggregates_labels, config.aggregates_enabled, config.aggregates_state, config.aggregates_since, config.aggregates_updated;
      drop function config.host_of, config.searched;
    `);
  }
}
