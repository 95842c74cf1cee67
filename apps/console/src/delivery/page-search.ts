import { deliverySearch, type Search } from '../explorer/search.js';
import { zoomOf } from './zoom.js';

/** What stands in the URL of a delivery's page. */
export interface PageSearch {
  /** Filters of the list that it was opened from. */
  readonly list?: Search;
  /** The attempt that is shown; absent = the last one. */
  readonly attempt?: string;
  /** The part of the timeline that is shown; absent = the whole. */
  readonly zoom?: string;
}

export const deliveryPageSearch = ({ list, attempt, zoom }: Record<string, unknown>): PageSearch => ({
  ...(typeof list === 'object' && list !== null && { list: deliverySearch(list as Record<string, unknown>) }),
  ...(typeof attempt === 'string' && { attempt }),
  ...(typeof zoom === 'string' && zoomOf(zoom) && { zoom }),
});
