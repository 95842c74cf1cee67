import type { DataSource } from 'typeorm';
import type { Selection } from '../query/select.js';
import { notAhead, present, type Place } from './place.js';
import { binding, type Bind } from '../query/statement.js';

/** Each row may have 16 KiB of response body, a third more in base64. An event may have 100 deliveries. */
const ROWS_AT_ONCE = { own: 100, its: 20 };
/**
 * Most rows may be filtered out, and the place may be far behind; this bounds each query. With a look every half second the log is never written
 * faster. Changes are sorted for each query.
 */
const LOOKED_AT_ONCE = { own: 20_000, its: 1_000 };

interface WrittenSelection extends Selection {
  /** For rows that change without being written: SQL of the row that a change `w` (`id`, `event_at`) has changed, if it is selected. `from` and `where` are of changes then. */
  readonly its?: (bind: Bind) => string;
}

export interface Written<Row> {
  readonly items: readonly { readonly row: Row; readonly place: Place }[];
  /** The place to go on from. */
  readonly place: Place;
  /** Whether more rows may be there now. */
  readonly isFull: boolean;
}

/**
 * Rows written after a place that meet all conditions, in the order of writing. Cheap while nothing is written, and however far behind the place is.
 * A row that has several changes in one look comes once.
 */
export async function selectWritten<Row extends { id: string }>(
  dataSource: DataSource,
  { select, from, where, its }: WrittenSelection,
  after: Place,
): Promise<Written<Row>> {
  const now = await present(dataSource);
  const start = notAhead(after, now);
  if (start.xid === now.xid) return { items: [], place: start, isFull: false };
  const kind = its ? 'its' : 'own';
  const full = await endOfWindow(dataSource, from, { start, now, size: LOOKED_AT_ONCE[kind] });
  const { values, bind } = binding();
  const written = `FROM ${from} WHERE ${[...between(start, full ?? now, bind), ...where(bind)].join(' AND ')}`;
  // A statement for each change, with a limit: PostgreSQL looks each up by its key, and does not join all events.
  const selected = its
    ? `(SELECT DISTINCT ON (id, event_at) * ${written} ORDER BY id, event_at, written DESC) w CROSS JOIN LATERAL (${its(bind)} LIMIT 1) its`
    : `(SELECT * ${written}) w`;
  const text = `SELECT ${select}, w.written::text AS place_xid FROM ${selected} ORDER BY w.written, w.id LIMIT ${bind(ROWS_AT_ONCE[kind])}`;
  const rows = await dataSource.query<(Row & { place_xid: string })[]>(text, values);
  const items = rows.map((row) => ({ row, place: { xid: row.place_xid, id: row.id } }));
  const last = rows.length === ROWS_AT_ONCE[kind] ? items.at(-1)?.place : undefined;
  return { items, place: last ?? full ?? now, isFull: (last ?? full) !== undefined };
}

/**
 * The last row of a window; undefined = the window is not full. Found before the rows are read: a row that changes meanwhile gets a new place, after
 * it.
 */
async function endOfWindow(dataSource: DataSource, from: string, { start, now, size }: { start: Place; now: Place; size: number }): Promise<Place | undefined> {
  const { values, bind } = binding();
  const conditions = between(start, now, bind).join(' AND ');
  const [end] = await dataSource.query<Place[]>(
    `SELECT written::text AS xid, id FROM ${from} WHERE ${conditions} ORDER BY written, id OFFSET ${size - 1} LIMIT 1`,
    values,
  );
  return end;
}

/** SQL conditions: after `start`, up to `end`. */
const between = (start: Place, end: Place, bind: Bind): string[] => [
  `(written, id) > (${bind(start.xid)}::xid8, ${bind(start.id)})`,
  end.id ? `(written, id) <= (${bind(end.xid)}::xid8, ${bind(end.id)})` : `written < ${bind(end.xid)}::xid8`,
];
