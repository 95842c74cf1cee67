import { AggregateRecord, type ConfigEvent } from '@nuncio/contracts';
import type { DataSource } from 'typeorm';

const AT_ONCE = 500;
/**
 * The size of one transaction, as PostgreSQL writes JSON (with spaces). A produce request to one partition may have 1 MiB (`max.message.bytes`). A
 * larger record goes alone.
 */
const MAX_BYTES = 768 * 1_024;
/** Bytes of a record beside its `data` or `state`. */
const FRAME_BYTES = 512;

/** The next events and states to publish, in commit order. */
export interface Unpublished {
  readonly events: readonly ConfigEvent[];
  readonly states: readonly AggregateRecord[];
  /** Position of the last event. */
  readonly position: number;
}

// SQL: the first rows of `line` that fit into one transaction.
const fitting = (line: string, bytes: string): string => `
  select * from (
    select *, sum(${bytes} + ${FRAME_BYTES}) over (order by position) as bytes_up_to, row_number() over (order by position) as n from (${line}) as line
  ) as measured where n = 1 or bytes_up_to <= ${MAX_BYTES}`;

// One statement reads one snapshot. It selects the states whose last event is in the window. Intermediate states may be skipped, as the topic is
// compacted anyway. So no record is ever older than one that was published before it.
const NEXT = `
  with window_events as (${fitting(
    `select e.*, octet_length(e.data::text) + coalesce(octet_length(a.state::text) + ${FRAME_BYTES}, 0) as bytes
     from config.events e left join config.aggregates a on a.position = e.position
     where e.position > $1 order by e.position limit ${AT_ONCE}`,
    'bytes',
  )})
  select
    (select json_agg(json_build_object(
        'position', position, 'stream', stream, 'version', version, 'type', type,
        'at', (extract(epoch from at) * 1000)::bigint, 'actor', actor, 'data', data) order by position)
      from window_events) as events,
    (select json_agg(json_build_object(
        'kind', kind, 'id', id, 'position', position, 'version', version,
        'at', (extract(epoch from at) * 1000)::bigint, 'state', state) order by position)
      from config.aggregates where position > $1 and position <= (select max(position) from window_events)) as states`;

/** An idle relay asks this four times a second. Planning the other statement costs several times as much. */
const SOME = 'select from config.events where position > $1 limit 1';

/** null = there is nothing after `position`. */
export async function nextUnpublished(database: DataSource, position: number): Promise<Unpublished | null> {
  if (!(await database.query<unknown[]>(SOME, [position])).length) return null;
  const [row] = await database.query<{ events: ConfigEvent[] | null; states: AggregateRecord[] | null }[]>(NEXT, [position]);
  const last = row?.events?.at(-1);
  if (!row?.events || !last) return null;
  // Parsing removes fields that only this service needs.
  return { events: row.events, states: (row.states ?? []).map((record) => AggregateRecord.parse(record)), position: last.position };
}

const PUBLISHED = `
  select kind, id, position, version, (extract(epoch from at) * 1000)::bigint as at, state from (${fitting(
    `select * from config.aggregates where position > $1 and position <= $2 and not buried order by position limit ${AT_ONCE}`,
    `coalesce(octet_length(state::text), 0)`,
  )}) as published order by position`;

/** The next published states after position `after`, up to position `last`. */
export async function somePublished(database: Pick<DataSource, 'query'>, after: number, last: number): Promise<AggregateRecord[]> {
  const rows = await database.query<{ position: string; at: string }[]>(PUBLISHED, [after, last]);
  return rows.map((row) => AggregateRecord.parse({ ...row, position: Number(row.position), at: Number(row.at) }));
}

// States whose secrets were wrapped anew. They are published again at the same position, once that position is published.
const REWRAPPED = `
  select kind, id, position, version, (extract(epoch from at) * 1000)::bigint as at, state, wrapping from (${fitting(
    `select * from config.aggregates where wrapping > wrapping_published and not deleted and position <= $1 order by position limit ${AT_ONCE}`,
    'octet_length(state::text)',
  )}) as rewrapped order by position`;
// Takes the lock of all who write several states (event-store.ts): two that lock the same rows in different orders would deadlock.
const MARK_REWRAPPED = `
  with line as materialized (select position from config.head for update)
  update config.aggregates a set wrapping_published = r.wrapping
  from line, unnest($1::text[], $2::text[], $3::int[]) as r (kind, id, wrapping)
  where a.kind = r.kind and a.id = r.id and a.wrapping_published < r.wrapping`;

type Rewrapped = AggregateRecord & { readonly wrapping: number };

/** Rewrapped states to publish, among those published up to `position`. */
export async function nextRewrapped(database: DataSource, position: number): Promise<Rewrapped[]> {
  const rows = await database.query<{ position: string; at: string; wrapping: number }[]>(REWRAPPED, [position]);
  return rows.map(({ wrapping, ...row }) => ({ ...AggregateRecord.parse({ ...row, position: Number(row.position), at: Number(row.at) }), wrapping }));
}

export async function markRewrapped(database: DataSource, records: readonly Rewrapped[]): Promise<void> {
  await database.query(MARK_REWRAPPED, [records.map(({ kind }) => kind), records.map(({ id }) => id), records.map(({ wrapping }) => wrapping)]);
}

const DELETED_LONG_AGO = `
  select kind, id from config.aggregates where deleted and not buried and at < now() - interval '7 days' order by at limit ${AT_ONCE}`;
const MARK_TOMBSTONED = 'update config.aggregates set buried = true where kind = $1 and id = $2 and deleted';

export interface DeletedStream {
  readonly kind: AggregateRecord['kind'];
  readonly id: string;
}

/** Aggregates deleted so long ago that every service has read it. Their records can go. */
export const deletedLongAgo = (database: DataSource): Promise<DeletedStream[]> => database.query<DeletedStream[]>(DELETED_LONG_AGO);

export async function markTombstoned(database: DataSource, deleted: readonly DeletedStream[]): Promise<void> {
  for (const { kind, id } of deleted) await database.query(MARK_TOMBSTONED, [kind, id]);
}
