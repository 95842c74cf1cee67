import { AggregateKind, streamOf } from '@nuncio/contracts';
import type { EntityManager } from 'typeorm';
import type { Aggregate, RecordedChange } from './aggregate.js';
import { lifeOf } from './past.js';

/** Streams that are read and written together. */
const AT_ONCE = 500;

const STREAMS = `select stream from config.events where stream > $1 group by stream order by stream limit ${AT_ONCE}`;
const EVENTS = `
  select stream, position::float8 as position, version, type, (extract(epoch from at) * 1000)::float8 as at, data
  from config.events where stream = any($1) order by stream, version`;
const COLUMNS = 'kind, id, version, position, created, created_at, at, deleted, tenant, groups, owner, name, links, state';
// All states are published again afterwards, so no new wrapping is left to publish: those columns start anew.
const INSERT = `insert into config.aggregates (${COLUMNS}, buried) select ${COLUMNS}, buried from jsonb_populate_recordset(null::config.aggregates, $1)`;
const DIFFERENT = `
  with was as (select ${COLUMNS} from was_aggregates), is_now as (select ${COLUMNS} from config.aggregates)
  select count(distinct (kind, id))::int as different from ((table was except table is_now) union all (table is_now except table was)) as one`;

type StoredChange = RecordedChange & { readonly stream: string; readonly version: number };

interface RebuiltStates {
  readonly aggregates: number;
  /** Number of states that differed from what their events give. */
  readonly different: number;
}

/**
 * Computes the state of every aggregate anew from its events. Runs within the transaction of `manager`, which holds the lock of `config.head`:
 * writers wait until it ends, and readers see the former states until then.
 */
export async function rebuildStates(manager: EntityManager, aggregates: Readonly<Record<AggregateKind, Aggregate<object>>>): Promise<RebuiltStates> {
  await manager.query('create temporary table was_aggregates on commit drop as table config.aggregates');
  await manager.query('delete from config.aggregates');
  let count = 0;
  for (let after = ''; ; ) {
    const streams = (await manager.query<{ stream: string }[]>(STREAMS, [after])).map(({ stream }) => stream);
    const last = streams.at(-1);
    if (last === undefined) break;
    const byStream = Map.groupBy(await manager.query<StoredChange[]>(EVENTS, [streams]), ({ stream }) => stream);
    const rows = Array.from(byStream, ([stream, changes]) => rowOf(aggregates, stream, changes)).filter((row) => row !== null);
    await manager.query(INSERT, [JSON.stringify(rows)]);
    count += rows.length;
    after = last;
  }
  const [row] = await manager.query<{ different: number }[]>(DIFFERENT);
  return { aggregates: count, different: row?.different ?? 0 };
}

/** The row that the transaction of its last event wrote (transaction.ts). */
function rowOf(aggregates: Readonly<Record<AggregateKind, Aggregate<object>>>, stream: string, changes: readonly StoredChange[]): object | null {
  const kind = AggregateKind.options.find((one) => stream.startsWith(streamOf(one, '')));
  const last = changes.at(-1);
  const life = kind && lifeOf(aggregates[kind], changes);
  if (!kind || !last || !life) return null;
  const { tenant, groups = [], owner = null, name = null, links = [] } = aggregates[kind].index(life.state);
  return {
    kind,
    id: stream.slice(streamOf(kind, '').length),
    version: last.version,
    position: last.position,
    created: life.created,
    created_at: new Date(life.createdAt),
    at: new Date(last.at),
    deleted: life.deleted,
    // The tombstone of a deleted aggregate is published again.
    buried: false,
    tenant,
    groups,
    owner,
    name,
    links,
    state: life.deleted ? null : life.state,
  };
}
