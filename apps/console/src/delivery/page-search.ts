import { deliverySearch, type Search } from '../explorer/search.js';

/** What stands in the URL of a delivery's page. */
export interface PageSearch {
  /** Filters of the list that it was opened from. */
  readonly list?: Search;
  /** The attempt that is shown; absent = the last one. */
  readonly attempt?: string;
}

export const deliveryPageSearch = ({ list, attempt }: Record<string, unknown>): PageSearch => ({
  ...(typeof list === 'object' && list !== null && { list: deliverySearch(list as Record<string, unknown>) }),
  ...(typeof attempt === 'string' && { attempt }),
});
