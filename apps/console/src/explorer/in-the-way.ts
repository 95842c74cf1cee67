import type { Page } from '../parts/pages.js';
import { filtersOf, type Search } from './search.js';

/** One row of what a search selects. */
export type FirstOf = (search: Search) => Promise<Pick<Page<unknown>, 'items' | 'count'>>;

/** A filter without which a search selects something. */
export interface InTheWay {
  readonly name: string;
  readonly values: readonly string[];
  /** The search without it. */
  readonly rest: Search;
  /** How many that selects; absent = the API does not count them. */
  readonly count: Page<unknown>['count'];
}

/** The filters of a search that selects nothing which are in the way alone; none = only several together are; null = nothing is there without any filter either. */
export async function inTheWay(search: Search, first: FirstOf): Promise<readonly InTheWay[] | null> {
  const filters = filtersOf(search);
  const found = await Promise.all(
    Object.keys(filters).map(async (name) => {
      const { [name]: values = [], ...rest } = search;
      const { items, count } = await first(rest);
      return items.length > 0 ? [{ name, values: [values].flat(), rest, count }] : [];
    }),
  );
  const alone = found.flat();
  if (alone.length > 0) return alone;
  const { items } = await first({});
  return items.length > 0 ? [] : null;
}
