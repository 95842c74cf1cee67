import type { DataSource, EntityManager } from 'typeorm';
import type { StoredErrand } from './errand-record.js';
import { beyond, type Bind } from '../query/statement.js';

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

export const isAfter = (after: Position | null, bind: Bind, from = ''): string[] => (after ? [beyond([`${from}event_at`, `${from}id`], '>', after, bind)] : []);
