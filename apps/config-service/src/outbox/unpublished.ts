import { AggregateRecord, type ConfigEvent } from '@nuncio/contracts';
import type { DataSource } from 'typeorm';

const AT_ONCE = 500;
/** Of what goes into one transaction, as PostgreSQL writes it: a produce to one partition takes 1 MiB (`max.message.bytes`), and this is JSON with blanks. One that is larger goes alone. */
const MAX_BYTES = 768 * 1_024;
/** Of a record, beside its `data` or `state`. */
const FRAME_BYTES = 512;

/** What is to be published next, in commit order. */
export interface Unpublished {
  readonly events: readonly ConfigEvent[];
  readonly states: readonly AggregateRecord[];
  /** Of the last event. */
  readonly position: number;
}

// How many of those in line fit, from the first on.
const fitting = (line: string, bytes: string): string => `
  select * from (
    select *, sum(${bytes} + ${FRAME_BYTES}) over (order by position) as bytes_up_to, row_number() over (order by position) as n from (${line}) as line
  ) as measured where n = 1 or bytes_up_to <= ${MAX_BYTES}`;

// One statement is one snapshot. The states are those whose last event is in the window: what an aggregate was in between nobody may rely on reading from a
// compacted topic, and so no record can ever be older than one that was published before it.
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

/** Whether there are any, which an idle relay asks four times a second: planning the other statement costs several times as much. */
const SOME = 'select from config.events where position > $1 limit 1';

/** null = everything up to `position` is all there is. */
export async function nextUnpublished(database: DataSource, position: number): Promise<Unpublished | null> {
  if (!(await database.query<unknown[]>(SOME, [position])).length) return null;
  const [row] = await database.query<{ events: ConfigEvent[] | null; states: AggregateRecord[] | null }[]>(NEXT, [position]);
  const last = row?.events?.at(-1);
  if (!row?.events || !last) return null;
  // Parsing cuts off what the service keeps in a state for itself.
  return { events: row.events, states: (row.states ?? []).map((record) => AggregateRecord.parse(record)), position: last.position };
}

const PUBLISHED = `
  select kind, id, position, version, (extract(epoch from at) * 1000)::bigint as at, state from (${fitting(
    `select * from config.aggregates where position > $1 and position <= $2 and not buried order by position limit ${AT_ONCE}`,
    `coalesce(octet_length(state::text), 0)`,
  )}) as published order by position`;

/** Some of the states that are published, the first after position `after`, up to position `last`. */
export async function somePublished(database: Pick<DataSource, 'query'>, after: number, last: number): Promise<AggregateRecord[]> {
  const rows = await database.query<{ position: string; at: string }[]>(PUBLISHED, [after, last]);
  return rows.map((row) => AggregateRecord.parse({ ...row, position: Number(row.position), at: Number(row.at) }));
}

// Secrets were wrapped anew, and nothing happened: the same state at the same position once more, as soon as that position is out.
const REWRAPPED = `
  select kind, id, position, version, (extract(epoch from at) * 1000)::bigint as at, state, wrapping from (${fitting(
    `select * from config.aggregates where wrapping > wrapping_published and not deleted and position <= $1 order by position limit ${AT_ONCE}`,
    'octet_length(state::text)',
  )}) as rewrapped order by position`;
// In line with all who write several states at once (event-store.ts): two that lock the same rows in different orders would wait for each other.
const MARK_REWRAPPED = `
  with line as materialized (select position from config.head for update)
  update config.aggregates a set wrapping_published = r.wrapping
  from line, unnest($1::text[], $2::text[], $3::int[]) as r (kind, id, wrapping)
  where a.kind = r.kind and a.id = r.id and a.wrapping_published < r.wrapping`;

type Rewrapped = AggregateRecord & { readonly wrapping: number };

/** States whose wrapping is to be published, of what is published up to `position`. */
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

export interface Grave {
  readonly kind: AggregateRecord['kind'];
  readonly id: string;
}

/** Whose deletion everybody has had the time to read: their records can go. */
export const deletedLongAgo = (database: DataSource): Promise<Grave[]> => database.query<Grave[]>(DELETED_LONG_AGO);

export async function markTombstoned(database: DataSource, graves: readonly Grave[]): Promise<void> {
  for (const { kind, id } of graves) await database.query(MARK_TOMBSTONED, [kind, id]);
}
