import type { Given } from '../filters/filter.js';
import { deliveryFilters } from '../filters/filters.js';
import { deliveryLeads, eachOf, keyOf, leading, isOne } from '../filters/lead.js';
import type { Search } from '../search.js';
import type { Bind } from '../statement.js';

type Asked = Given<typeof deliveryFilters>;
type Source = Pick<Search, 'from' | 'lead' | 'each' | 'join'>;

/** A delivery that was asked for twice has two lines. Conditions name its columns alone, so these must not be ambiguous. */
const WITH_DELIVERY = 'JOIN log.deliveries e USING (id, event_at)';

/**
 * Where deliveries are searched, newest first. In this order: by id, event or `ceId`; by the key of an event attribute; among those that an operation,
 * or a caller, has asked for; else by another index of their own.
 */
export function deliverySource(asked: Asked): Source {
  const { since, until, operation, requestedBy } = asked;
  const own: Source = { from: () => 'log.deliveries e', lead: (bind) => leading(deliveryLeads, deliveryFilters, asked, bind), each: eachOf(deliveryLeads, asked) };
  const among = (rows: (bind: Bind) => string): Source => ({ from: (bind) => `(${rows(bind)}) e`, lead: (bind) => leading({ by: [] }, deliveryFilters, { since, until }, bind) });
  const askedFor = (column: 'operation' | 'requested_by', [value]: readonly unknown[]): Source => ({ ...among((bind) => `SELECT delivery AS id, event_at FROM log.facts WHERE ${column} = ${bind(value)}`), join: WITH_DELIVERY });
  if (asked.id || isOne(asked.event) || isOne(asked.ceId)) return own;
  const key = keyOf(deliveryFilters, asked);
  if (key !== null) return among((bind) => `SELECT * FROM log.event_keys k JOIN log.deliveries d USING (event_id, event_at) WHERE k.key = ${bind(key)}::bigint`);
  if (isOne(operation)) return askedFor('operation', operation);
  if (isOne(requestedBy)) return askedFor('requested_by', requestedBy);
  return own;
}

/** The same search for counting: a delivery that was asked for twice has two lines in what is joined. */
export const countedIn = (search: Search): Search => (search.join ? { ...search, from: () => 'log.deliveries e', lead: () => [] } : search);
