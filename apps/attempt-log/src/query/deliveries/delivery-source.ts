import type { Bind, Given } from '../filters/filter.js';
import { deliveryFilters } from '../filters/filters.js';
import { deliveryLeads, eachOf, keyOf, leading, isOne } from '../filters/lead.js';
import type { Search } from '../search.js';

type Asked = Given<typeof deliveryFilters>;
type Source = Pick<Search, 'from' | 'lead' | 'each'>;

/**
 * Where deliveries are searched, newest first. In this order: by id, event or `ceId`; by the key of an event attribute; among those that an operation,
 * or a caller, has asked for; else by another index of their own.
 */
export function deliverySource(asked: Asked): Source {
  const { since, until, operation, requestedBy } = asked;
  const own: Source = { from: () => 'log.deliveries e', lead: (bind) => leading(deliveryLeads, deliveryFilters, asked, bind), each: eachOf(deliveryLeads, asked) };
  const among = (rows: (bind: Bind) => string): Source => ({ from: (bind) => `(${rows(bind)}) e`, lead: (bind) => leading({ by: [] }, deliveryFilters, { since, until }, bind) });
  if (asked.id || isOne(asked.event) || isOne(asked.ceId)) return own;
  const key = keyOf(deliveryFilters, asked);
  if (key !== null) return among((bind) => `SELECT * FROM log.event_keys k JOIN log.deliveries d USING (event_id, event_at) WHERE k.key = ${bind(key)}::bigint`);
  if (isOne(operation)) return among((bind) => askedFor('operation', operation, bind));
  if (isOne(requestedBy)) return among((bind) => askedFor('requested_by', requestedBy, bind));
  return own;
}

/** SQL of the deliveries that were asked for, each once. Sorted, so that the index is read only as far as the page needs. */
const askedFor = (column: 'operation' | 'requested_by', [value]: readonly unknown[], bind: Bind): string =>
  `SELECT * FROM (SELECT DISTINCT event_at, delivery AS id FROM log.facts WHERE ${column} = ${bind(value)} ORDER BY event_at DESC, id DESC) f JOIN log.deliveries d USING (id, event_at)`;
