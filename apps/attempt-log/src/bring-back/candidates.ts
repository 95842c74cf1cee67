import type { DataSource, EntityManager } from 'typeorm';
import type { Bind } from '../query/filters/filter.js';
import type { StoredErrand } from './errand-record.js';

/** Everything up to this row, oldest first, is done. */
export interface Position {
  readonly at: string;
  readonly id: string;
}

export type Sought = Omit<StoredErrand, 'payload'> & {
  readonly position_id: string;
  /** null = its event is not kept any more. */
  readonly payload: Buffer | null;
};

/** The rows of a selection that an operation is about, by the state they are in; whether each may go is asked of each (`MayGo`). */
export interface Candidates {
  /** How many there are, by what may decide of all of them together. */
  groups(database: DataSource | EntityManager): Promise<Group[]>;
  /** Oldest first. Fewer than asked for = these are the last. */
  next(database: DataSource | EntityManager, after: Position | null, limit: number): Promise<Sought[]>;
}

export interface Group {
  readonly subscription: string;
  readonly callback: string;
  readonly event_type: string;
  readonly count: number;
}

export const positionOf = ({ event_at, position_id }: Sought): Position => ({ at: event_at.toISOString(), id: position_id });

export function binding(): { bind: Bind; values: unknown[] } {
  const values: unknown[] = [];
  return { values, bind: (value) => `$${values.push(value)}` };
}

/** The first half lets PostgreSQL leave earlier partitions out, which it does not conclude from the second. */
export function isAfter(after: Position | null, bind: Bind, from = ''): string[] {
  if (!after) return [];
  const [at, id] = [bind(after.at), bind(after.id)];
  return [`${from}event_at >= ${at}::timestamptz AND (${from}event_at, ${from}id) > (${at}::timestamptz, ${id})`];
}
