import { answer, api, type Schemas } from '../api/client.js';
import { toQuery, type DeliveryQuery, type Search } from './search.js';
import { useSearched, type Searched } from './searched.js';

/** The deliveries that filters select, newest first. The list and the page of a delivery that was opened from it share them. */
export const useDeliveryPages = (search: Search): Searched<Schemas['Delivery']> =>
  useSearched('deliveries', search, (wanted, page) => answer(api.GET('/v1/deliveries', { params: { query: { ...toQuery<DeliveryQuery>(wanted), ...page, count: 'true' } } })));
