import type { Principal } from '@nuncio/contracts';
import type { ConfigView } from '@nuncio/kafka';
import { conditions, type Given } from '../query/filters/filter.js';
import { deliveryFilters } from '../query/filters/filters.js';
import { keyOf } from '../query/filters/lead.js';
import { reachOf, withinTenant } from '../query/reach.js';
import type { Candidates } from './candidates.js';
import { deliveriesWhere } from './delivery-candidates.js';
import { eventsFor } from './event-candidates.js';
import type { OperationKind } from './operation.js';
import type { Selection } from './selection.js';
import type { Bind } from '../query/statement.js';

/** The states that a delivery must have for each kind of operation. */
const FROM: Readonly<Record<OperationKind, string>> = {
  recover: `status IN ('failed', 'expired')`,
  replay: `status NOT IN ('pending', 'held')`,
  'send-now': `status IN ('pending', 'held')`,
  cancel: `status IN ('pending', 'held', 'parked')`,
};

/**
 * The deliveries, or events, of a selection that the caller may operate on. `asOf` (RFC 3339) is when the operation began: whatever was
 * published or has changed since is left out, so that no delivery is sent twice.
 */
export function candidatesOf(kind: OperationKind, selection: Selection, caller: Principal, asOf: string, view: Pick<ConfigView, 'get' | 'all'>): Candidates {
  if (selection.of === 'events') return eventsFor({ ...selection, filters: withinTenant(caller, selection.filters) }, asOf, view);
  const reach = reachOf(caller);
  const filters = selection.of === 'lost' ? { callback: [selection.callback], since: selection.since, until: selection.until ?? undefined } : selection.filters;
  return deliveriesWhere((bind) => [FROM[kind], ...conditions(deliveryFilters, filters, bind), ...byKey(filters, bind), ...reach(bind), ...sinceThen(kind, asOf, bind)]);
}

/** A search by an event attribute first finds the events that have its key. */
function byKey(filters: Given<typeof deliveryFilters>, bind: Bind): string[] {
  const key = keyOf(deliveryFilters, filters);
  return key === null ? [] : [`event_id = ANY(ARRAY(SELECT k.event_id FROM log.event_keys k WHERE k.key = ${bind(key)}::bigint))`];
}

/** A waiting delivery changes while it waits (one hold follows another), so these operations go by the time of the event alone. */
const sinceThen = (kind: OperationKind, asOf: string, bind: Bind): string[] => [
  `${kind === 'send-now' || kind === 'cancel' ? 'event_at' : 'updated_at'} <= ${bind(asOf)}::timestamptz`,
];
