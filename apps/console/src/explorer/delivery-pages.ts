import { answer, api, type Schemas } from '../api/client.js';
import { usePages, type Pages } from '../parts/pages.js';
import { filtersOf, toQuery, type DeliveryQuery, type Search } from './search.js';

/** The deliveries that filters select, newest first. The list and the page of a delivery that was opened from it share them. */
export const useDeliveryPages = (search: Search): Pages<Schemas['Delivery']> =>
  usePages(['deliveries', filtersOf(search)], (cursor) => answer(api.GET('/v1/deliveries', { params: { query: { ...toQuery<DeliveryQuery>(search), limit: 50, count: 'true', ...(cursor !== undefined && { cursor }) } } })));
