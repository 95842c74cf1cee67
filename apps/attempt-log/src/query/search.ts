import type { DataSource, EntityManager } from 'typeorm';
import { encodeCursor, type Cursor, type Paging } from './filters/filter.js';
import type { Page } from './select.js';
import { beyond, binding, whereOf, type Bind } from './statement.js';

/** A search and the index that it uses. Conditions and columns may name the row `e`. */
export interface Search {
  readonly select: string;
  /** `log.attempts e`, or a subquery with the same `id` and time. */
  readonly from: (bind: Bind) => string;
  /** The column of time. Tables are partitioned by it. */
  readonly at: string;
  /** Conditions that one index answers, newest first. They alone decide which rows are looked at. */
  readonly lead: (bind: Bind) => string[];
  /** Callbacks. The newest rows of each are looked at, by an index. */
  readonly each?: readonly string[] | undefined;
  /** All conditions. */
  readonly where: (bind: Bind) => string[];
  /** SQL that joins the rows looked at (`id`, time) to the rows `e` that are returned; by default they are the same. */
  readonly join?: string;
}

/** Rows looked at in one step. The first step is small, since it measures the pace: each row may be a read from disk. */
const WINDOW = { least: 100, most: 16_000 } as const;
/** After this time the search answers with what it has found. */
const PATIENCE_MS = 40;

/**
 * One page, newest first; ids break ties. An index leads from row to row, whatever the other conditions, so that the effort is bounded even if
 * matches are rare. So a page may be short or empty although `next` says that the search goes on.
 */
export const searchPage = <Row extends { id: string }>(dataSource: DataSource, search: Search, paging: Paging): Promise<Page<Row>> =>
  // In one snapshot. A row written between two statements would move the end of a window, and rows would be missed or come twice.
  dataSource.transaction('REPEATABLE READ', (snapshot) => searchIn<Row>(snapshot, search, paging));

async function searchIn<Row extends { id: string }>(snapshot: EntityManager, search: Search, { limit, cursor }: Paging): Promise<Page<Row>> {
  const startedAt = performance.now();
  const found: (Row & { page_at: Date })[] = [];
  let after = cursor;
  let window: number = WINDOW.least;
  for (let looked = window; ; looked += window) {
    // One row more than asked for tells whether there is another page.
    found.push(...(await searchWindow<Row>(snapshot, search, { window, after, limit: limit + 1 - found.length })));
    const items = found.slice(0, limit);
    const last = items.at(-1);
    if (found.length > limit && last) return { items, next: encodeCursor({ at: last.page_at.toISOString(), id: last.id }) };
    const end = await endOfWindow(snapshot, search, { window, after });
    if (!end) return { items, next: null };
    const elapsed = performance.now() - startedAt;
    if (elapsed > PATIENCE_MS) return { items, next: encodeCursor(end) };
    after = end;
    // As many rows as there is time for at the pace so far. Rows that come from disk are a hundred times slower.
    window = Math.round(Math.min(WINDOW.most, Math.max(WINDOW.least, (looked * (PATIENCE_MS - elapsed)) / elapsed)));
  }
}

interface Window {
  readonly window: number;
  readonly after: Cursor | undefined;
}

async function searchWindow<Row>(
  snapshot: EntityManager,
  search: Search,
  { window, after, limit }: Window & { readonly limit: number },
): Promise<(Row & { page_at: Date })[]> {
  const { values, bind } = binding();
  const { select, at, join } = search;
  const looked = `(${lookedAt(search, { window, after }, bind, join ? `${at}, id` : 'e.*')} LIMIT ${window})`;
  const rows = join ? `(SELECT DISTINCT ${at}, id FROM ${looked} w) w ${join}` : `${looked} e`;
  const where = search.where(bind);
  const text = `SELECT ${select}, e.${at} AS page_at FROM ${rows} ${whereOf(where)} ORDER BY e.${at} DESC, e.id DESC LIMIT ${limit}`;
  return snapshot.query(text, values);
}

/** The last row of a window; null = the window is not full. */
async function endOfWindow(snapshot: EntityManager, search: Search, { window, after }: Window): Promise<Cursor | null> {
  const { values, bind } = binding();
  const text = `${lookedAt(search, { window, after }, bind, `${search.at} AS at, id`)} OFFSET ${window - 1} LIMIT 1`;
  const [end] = await snapshot.query<{ at: Date; id: string }[]>(text, values);
  return end ? { at: end.at.toISOString(), id: end.id } : null;
}

/** SQL of the rows that a search looks at, newest first. */
export function lookedAt({ from, at, lead, each }: Pick<Search, 'from' | 'at' | 'lead' | 'each'>, { window, after }: Window, bind: Bind, columns: string): string {
  const conditions = lead(bind);
  if (after) conditions.push(beyond([at, 'id'], '<', after, bind));
  const newest = `ORDER BY ${at} DESC, id DESC`;
  const rows = (where: readonly string[]): string => `FROM ${from(bind)} ${whereOf(where)} ${newest}`;
  if (!each) return `SELECT ${columns} ${rows(conditions)}`;
  // A statement for each callback: PostgreSQL knows how many rows it has, and does not search the time for one that has few.
  const all = each.map((callback) => `(SELECT e.* ${rows([`callback = ${bind(callback)}`, ...conditions])} LIMIT ${window})`);
  return `SELECT ${columns} FROM (${all.join(' UNION ALL ')}) e ${newest}`;
}
