import { covers, deliveryId, isSuspended, takesPart, type Subscription } from '@nuncio/contracts';
import type { ConfigView } from '@nuncio/kafka';
import { conditions } from '../query/filters/filter.js';
import { namedBy } from '../query/events/named-by.js';
import { eventFilters } from '../query/filters/filters.js';
import { isAfter, type Candidates, type Group, type Sought } from './candidates.js';
import type { Selection } from './selection.js';
import { binding, type Bind } from '../query/statement.js';

/** The next attempt of these deliveries comes by itself. */
const IN_WORK = `d.status IN ('pending', 'held')`;

/**
 * Events for one subscription, whether or not it has had them: of its event types, and addressed to its tenant (an index leads past all others). If
 * an event was published several times, the record that the subscription has a delivery of counts. If it has none, the first record counts that would
 * have gone to it.
 */
export function eventsFor(selection: Extract<Selection, { of: 'events' }>, asOf: string, view: Pick<ConfigView, 'get' | 'all'>): Candidates {
  const subscription = view.get('subscription', selection.subscription)?.state;
  const callback = subscription && view.get('callback', subscription.callback)?.state;
  const isTenantSuspended = isSuspended(view.get('tenant', subscription?.tenant ?? '')?.state);
  // Before a subscription is approved, and while it is suspended, not even the number of its events is shown.
  if (!subscription || !callback || subscription.awaitsApproval || !takesPart({ subscription, isTenantSuspended })) return { groups: () => Promise.resolve([]), next: () => Promise.resolve([]) };
  const { id, tenant, callback: callbackId } = subscription;
  const found = (bind: Bind): string => {
    const goesTo = wouldGoTo(subscription, view, bind);
    const its = bind(id);
    const events = `SELECT e.* FROM log.events e WHERE ${[...conditions(eventFilters, selection.filters, bind), goesTo('e')].join(' AND ')}`;
    const began = bind(asOf);
    return `FROM (${events}) e LEFT JOIN log.deliveries d ON d.event_id = e.id AND d.event_at = e.event_at AND d.subscription = ${its}
      WHERE (d.id IS NOT NULL
          OR NOT EXISTS (SELECT FROM log.deliveries o WHERE o.event_id = e.id AND o.subscription = ${its})
          AND NOT EXISTS (SELECT FROM log.events o WHERE o.id = e.id AND o.event_at < e.event_at AND ${goesTo('o')}))
        AND e.event_at <= ${began}::timestamptz AND (d.id IS NULL OR NOT ${IN_WORK} AND d.updated_at <= ${began}::timestamptz)`;
  };
  return {
    groups: async (database) => {
      const { bind, values } = binding();
      const rows = await database.query<Pick<Group, 'event_type' | 'count'>[]>(`SELECT e.event_type, count(*)::int AS count ${found(bind)} GROUP BY 1`, values);
      return rows.map((row) => ({ ...row, subscription: id, callback: callbackId }));
    },

    next: async (database, after, limit) => {
      const { bind, values } = binding();
      const all = [found(bind), ...isAfter(after, bind, 'e.')].join(' AND ');
      const rows = await database.query<Sought[]>(
        `SELECT e.id AS position_id, e.id AS event_id, e.event_at, e.event_type, e.ce_id, e.ce_source, e.publisher, e.attributes, e.content_type, e.payload,
           d.status, d.next_at, d.waits, coalesce(d.attempts, 0) AS attempts, d.first_attempt_at, coalesce(d.updated_at, e.event_at) AS updated_at
         ${all} ORDER BY e.event_at, e.id LIMIT ${bind(limit)}`,
        values,
      );
      return rows.map((row) => ({ ...row, id: deliveryId(row.event_id, id), tenant, application: callback.application, callback: callbackId, subscription: id }));
    },
  };
}

/** SQL: whether a record would be routed to the subscription, as far as the columns tell. `*` covers no type that requires approval. */
function wouldGoTo({ eventTypes, tenant }: Subscription, view: Pick<ConfigView, 'all'>, bind: Bind): (record: string) => string {
  const wanted = [...view.all('event-type')].filter(({ state }) => covers(eventTypes, state));
  const [addressed, broadcast] = (['addressed', 'broadcast'] as const).map((audience) => bind(wanted.filter(({ state }) => state.audience === audience).map(({ state }) => state.name)));
  const own = bind(tenant);
  return (record) => `(${record}.event_type = ANY(${broadcast}::text[]) OR ${record}.event_type = ANY(${addressed}::text[]) AND ${own} = ANY(${namedBy(record)}))`;
}
