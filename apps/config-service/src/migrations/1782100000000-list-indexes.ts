import { buildIndex } from '@nuncio/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ListIndexes1782100000000 implements MigrationInterface {
  transaction = false as const;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Of a callback, or of a credential, without its port.
      create or replace function config.host_of(state jsonb) returns text language sql immutable parallel safe as
        $$ select lower(substring(coalesce(state ->> 'url', state ->> 'tokenUrl', state ->> 'issuer') from '^[a-zA-Z]+://(?:[^/?#@]*@)?(\\[[^]]*\\]|[^/?#:]+)')) $$;

      -- What people know a resource by, in lower case; none of it is hidden from who may read it.
      create or replace function config.searched(id text, state jsonb) returns text language sql immutable parallel safe as
        $$ select lower(id || E'\\n' || coalesce(state ->> 'externalId', '') || E'\\n' || coalesce(state ->> 'name', '') || E'\\n' || coalesce(state ->> 'url', '') || E'\\n'
          || coalesce(state ->> 'issuer', '') || E'\\n' || coalesce(state ->> 'tokenUrl', '') || E'\\n' || coalesce(state ->> 'eventTypes', '')) $$;

    `);
    for (const [name, on] of indexes) await buildIndex(runner, { name, table: 'config.aggregates', on });
    const place = await trigrams(runner);
    if (place !== null) await buildIndex(runner, { name: 'aggregates_searched', table: 'config.aggregates', on: `using gin (config.searched(id, state) "${place}".gin_trgm_ops) where not deleted` });
    await runner.query('analyze config.aggregates');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop index if exists config.aggregates_searched;
      drop index config.aggregates_own_name, config.aggregates_host, config.aggregates_url, config.aggregates_labels, config.aggregates_enabled, config.aggregates_state, config.aggregates_since, config.aggregates_updated;
      drop function config.host_of, config.searched;
    `);
  }
}

const indexes = [
  ['aggregates_own_name', `(kind, (state ->> 'name')) where not deleted`],
  ['aggregates_host', `(config.host_of(state)) where not deleted and kind in ('callback', 'credential')`],
  ['aggregates_url', `((state ->> 'url')) where not deleted and kind = 'callback'`],
  ['aggregates_labels', `using gin ((state -> 'labels') jsonb_path_ops) where not deleted`],
  ['aggregates_enabled', `((state ->> 'enabled'), created) where not deleted and kind = 'callback'`],
  ['aggregates_state', `((state ->> 'state'), created) where not deleted and kind = 'subscription'`],
  ['aggregates_since', '(kind, at) where not deleted'],
  ['aggregates_updated', '(kind, position) where not deleted'],
] as const;

/** The schema of pg_trgm, or null where it cannot be had: texts are found by an index where there is pg_trgm, and by looking at all where there is not. */
async function trigrams(runner: QueryRunner): Promise<string | null> {
  await runner.query(`do $$ begin
    if exists (select from pg_available_extensions where name = 'pg_trgm') then create extension if not exists pg_trgm schema config; end if;
  exception when insufficient_privilege or feature_not_supported then null;
  end $$`);
  const [found] = (await runner.query(`select n.nspname as place from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'pg_trgm'`)) as { place: string }[];
  return found?.place ?? null;
}
