import type { DataSource, EntityManager } from 'typeorm';
import type { Bind } from '../query/filters/filter.js';
import type { StoredErrand } from './errand-record.js';

/** How far an operation has come: all rows up to this one, oldest first, are done. */
export interface Position {
  readonly at: string;
  readonly id: string;
}

export type Sought = Omit<StoredErrand, 'payload'> & {
  readonly position_id: string;
  /** null = the log no longer keeps the event. */
  readonly payload: Buffer | null;
};

/** The rows of a selection whose state allows the operation. `MayGo` then decides about each of them. */
export interface Candidates {
  /** Counts by subscription, callback and event type. */
  groups(database: DataSource | EntityManager): Promise<Group[]>;
  /** Oldest first. Fewer rows than `limit` = these are the last. */
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

/** The first condition is redundant, but lets PostgreSQL skip earlier partitions; it does not derive it from the second. */
export function isAfter(after: Position | null, bind: Bind, from = ''): string[] {
  if (!after) return [];
  const [at, id] = [bind(after.at), bind(after.id)];
  return [`${from}event_at >= ${at}::timestamptz AND (${from}event_at, ${from}id) > (${at}::timestamptz, ${id})`];
}
