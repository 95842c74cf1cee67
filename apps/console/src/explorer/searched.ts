import { usePages, type Page, type Pages } from '../parts/pages.js';
import type { FirstOf } from './in-the-way.js';
import { filtersOf, type Search } from './search.js';

/** A page of what a search selects, of at most `limit` rows. `cursor` = where the page before it ended. */
export type PageOf<T> = (search: Search, page: { readonly limit: number; readonly cursor?: string }) => Promise<Page<T>>;

/** A list that filters select. */
export interface Searched<T> extends Pages<T> {
  readonly name: string;
  /** What another search would select. */
  readonly first: FirstOf;
}

/** A list of the API by the filters in the page's URL. `name` = what it is cached under. */
export function useSearched<T>(name: string, search: Search, pageOf: PageOf<T>, limit = 50): Searched<T> {
  const pages = usePages([name, filtersOf(search)], (cursor) => pageOf(search, { limit, ...(cursor !== undefined && { cursor }) }));
  return { ...pages, name, first: (other) => pageOf(other, { limit: 1 }) };
}
