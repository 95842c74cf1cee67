import type { Given } from '../filters/filter.js';
import { deliveryFilters } from '../filters/filters.js';
import { deliveryLeads, eachOf, keyOf, leading, isOne } from '../filters/lead.js';
import type { Search } from '../search.js';

/**
 * Where deliveries are searched, newest first: through the key of an event attribute if one is asked for, else by an
 * index of their own.
 */
export function deliverySource(asked: Given<typeof deliveryFilters>): Pick<Search, 'from' | 'lead' | 'each'> {
  const { since, until } = asked;
  const key = isOne(asked.event) || isOne(asked.ceId) ? null : keyOf(deliveryFilters, asked);
  if (key === null) return { from: () => 'log.deliveries e', lead: (bind) => leading(deliveryLeads, deliveryFilters, asked, bind), each: eachOf(deliveryLeads, asked) };
  return {
    from: (bind) => `(SELECT * FROM log.event_keys k JOIN log.deliveries d USING (event_id, event_at) WHERE k.key = ${bind(key)}::bigint) e`,
    lead: (bind) => leading({ by: [] }, deliveryFilters, { since, until }, bind),
  };
}
