import { isWhole, readFilter, toTree, type Filter } from './filter-tree.js';

/** A subscription while it is edited. */
export interface Draft {
  readonly callback?: string;
  readonly eventTypes?: readonly string[];
  /** null = every event of its types. */
  readonly filter?: Filter | null;
}

/** Whether event types and filter are complete. */
export const saysWhichEvents = ({ eventTypes = [], filter }: Draft): boolean => eventTypes.length > 0 && (!filter || isWhole(toTree(filter)));

/** Reads a draft from a page's URL. */
export function draftSearch({ callback, eventTypes, filter }: Record<string, unknown>): Draft {
  const names = [eventTypes].flat().filter((name): name is string => typeof name === 'string' && name !== '');
  const read = filter === undefined ? null : readFilter(JSON.stringify(filter));
  return { ...(typeof callback === 'string' && { callback }), ...(names.length > 0 && { eventTypes: names }), ...(read && { filter: read }) };
}
