import type { PipeTransform } from '@nestjs/common';
import { Fault } from '@nuncio/contracts';
import type { DataSource } from 'typeorm';
import { encodeCursor, type Bind, type Paging } from './filters/filter.js';

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
  const values: unknown[] = [];
  const bind: Bind = (value) => `$${values.push(value)}`;
  const all = where(bind);
  if (cursor) {
    const [time, id] = [bind(cursor.at), bind(cursor.id)];
    // The first condition is redundant, but lets PostgreSQL skip later partitions; it does not derive it from the
    // second.
    all.push(`${at} <= ${time}::timestamptz AND (${at}, id) < (${time}::timestamptz, ${id})`);
  }
  // One row more than asked for tells whether there is another page.
  const text = `SELECT ${select}, ${at} AS page_at FROM ${from} ${whereClause(all)} ORDER BY ${at} DESC, id DESC LIMIT ${bind(limit + 1)}`;
  const rows = await dataSource.query<(Row & { page_at: Date })[]>(text, values);
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last ? encodeCursor({ at: last.page_at.toISOString(), id: last.id }) : null };
}

export async function selectOne<Row>(dataSource: DataSource, { select, from, where, orderBy }: Selection & { readonly orderBy: string }): Promise<Row | null> {
  const values: unknown[] = [];
  const text = `SELECT ${select} FROM ${from} ${whereClause(where((value) => `$${values.push(value)}`))} ORDER BY ${orderBy} LIMIT 1`;
  const [row] = await dataSource.query<Row[]>(text, values);
  return row ?? null;
}

const whereClause = (all: readonly string[]): string => (all.length ? `WHERE ${all.join(' AND ')}` : '');

/** The same answer whether it does not exist or belongs to somebody else. */
export const notFound = (what: string): Fault => new Fault('not-found', `There is no such ${what}.`);

/** A pipe for `:id`. Answers 404 for a text that cannot be an id. */
export const idOf = (what: string): PipeTransform<string, string> => ({
  transform: (id) => {
    if (!/^\w{1,64}$/.test(id)) throw notFound(what);
    return id;
  },
});
