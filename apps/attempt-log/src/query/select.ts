import type { PipeTransform } from '@nestjs/common';
import { Fault } from '@nuncio/contracts';
import type { DataSource } from 'typeorm';
import { encodeCursor, type Paging } from './filters/filter.js';
import { beyond, binding, whereOf, type Bind } from './statement.js';

export interface Selection {
  readonly select: string;
  readonly from: string;
  readonly where: (bind: Bind) => string[];
}

export interface Page<T> {
  readonly items: T[];
  /** The cursor of the next page; null = this is the last one. */
  readonly next: string | null;
}

/** One page, newest first by the column `at`, by which the table is partitioned; ids break ties. */
export async function selectPage<Row extends { id: string }>(
  dataSource: DataSource,
  { select, from, where, at }: Selection & { readonly at: string },
  { limit, cursor }: Paging,
): Promise<Page<Row>> {
  const { values, bind } = binding();
  const all = where(bind);
  if (cursor) all.push(beyond([at, 'id'], '<', cursor, bind));
  // One row more than asked for tells whether there is another page.
  const text = `SELECT ${select}, ${at} AS page_at FROM ${from} ${whereOf(all)} ORDER BY ${at} DESC, id DESC LIMIT ${bind(limit + 1)}`;
  const rows = await dataSource.query<(Row & { page_at: Date })[]>(text, values);
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last ? encodeCursor({ at: last.page_at.toISOString(), id: last.id }) : null };
}

export async function selectOne<Row>(dataSource: DataSource, { select, from, where, orderBy }: Selection & { readonly orderBy: string }): Promise<Row | null> {
  const { values, bind } = binding();
  const text = `SELECT ${select} FROM ${from} ${whereOf(where(bind))} ORDER BY ${orderBy} LIMIT 1`;
  const [row] = await dataSource.query<Row[]>(text, values);
  return row ?? null;
}

/** The same answer whether it does not exist or belongs to somebody else. */
export const notFound = (what: string): Fault => new Fault('not-found', `There is no such ${what}.`);

/** A pipe for `:id`. Answers 404 for a text that cannot be an id. */
export const idOf = (what: string): PipeTransform<string, string> => ({
  transform: (id) => {
    if (!/^\w{1,64}$/.test(id)) throw notFound(what);
    return id;
  },
});
