import type { DataSource } from 'typeorm';
import type { Bind } from '../query/filter.js';
import type { Selection } from '../query/select.js';
import { notAhead, present, type Place } from './place.js';

/** Rows with response bodies: 16 KiB each, in base64 a third more. */
const ROWS_AT_ONCE = 100;

export interface Written<Row> {
  readonly items: readonly { readonly row: Row; readonly place: Place }[];
  /** Where to go on from. */
  readonly place: Place;
  /** Whether there may be more right now. */
  readonly isFull: boolean;
}

/** What was written after a place and meets all conditions, in the order of its writing. Costs next to nothing while nobody writes anything. */
export async function selectWritten<Row extends { id: string }>(
  dataSource: DataSource,
  { select, from, where }: Selection,
  after: Place,
): Promise<Written<Row>> {
  const now = await present(dataSource);
  const { xid, id } = notAhead(after, now);
  if (xid === now.xid) return { items: [], place: { xid, id }, isFull: false };
  const values: unknown[] = [];
  const bind: Bind = (value) => `$${values.push(value)}`;
  const window = `(written, id) > (${bind(xid)}::xid8, ${bind(id)}) AND written < ${bind(now.xid)}::xid8`;
  const text = `SELECT ${select}, written::text AS place_xid FROM ${from} WHERE ${[window, ...where(bind)].join(' AND ')} ORDER BY written, id LIMIT ${bind(ROWS_AT_ONCE)}`;
  const rows = await dataSource.query<(Row & { place_xid: string })[]>(text, values);
  const items = rows.map((row) => ({ row, place: { xid: row.place_xid, id: row.id } }));
  const isFull = rows.length === ROWS_AT_ONCE;
  return { items, place: isFull ? (items.at(-1)?.place ?? now) : now, isFull };
}
