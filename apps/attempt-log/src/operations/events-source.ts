import { covers, deliveryId, takesPart, type Subscription } from '@nuncio/contracts';
import type { ConfigView } from '@nuncio/kafka';
import { conditions, type Bind } from '../query/filter.js';
import { eventFilters } from '../query/filters.js';
import { IS_FIRST } from '../query/event.js';
import { binding, isAfter } from './deliveries-source.js';
import type { ErrandSource, Sought } from './errand-source.js';
import type { Selection } from './selection.js';

/** What is in work comes by itself. */
const IN_WORK = `d.status IN ('pending', 'held')`;

/**
 * Events for one subscription, whether it has had them or not: only those that would go to it now, since an event is nobody's business but of the tenants it is
 * addressed to.
 */
export function eventsFor(selection: Extract<Selection, { of: 'events' }>, asOf: string, view: Pick<ConfigView, 'get' | 'all'>): ErrandSource {
  const subscription = view.get('subscription', selection.subscription)?.state;
  const callback = subscription && view.get('callback', subscription.callback)?.state;
  const isTenantSuspended = view.get('tenant', subscription?.tenant ?? '')?.state.state === 'suspended';
  // Before it is approved, and while it is suspended, not even how many there are is its business.
  if (!subscription || !callback || subscription.awaitsApproval || !takesPart({ subscription, isTenantSuspended })) return { count: () => Promise.resolve(0), next: () => Promise.resolve([]) };

  const found = (bind: Bind): string => {
    const subscribed = wouldGoTo(subscription, view, bind);
    const events = `SELECT e.* FROM log.events e WHERE ${[...conditions(eventFilters, selection.filters, bind), IS_FIRST, subscribed].join(' AND ')}`;
    const [began, id] = [bind(asOf), bind(subscription.id)];
    return `FROM (${events}) e LEFT JOIN log.deliveries d ON d.event_id = e.id AND d.event_at = e.event_at AND d.subscription = ${id}
      WHERE e.event_at <= ${began}::timestamptz AND (d.id IS NULL OR NOT ${IN_WORK} AND d.updated_at <= ${began}::timestamptz)`;
  };

  return {
    count: async (database) => {
      const { bind, values } = binding();
      const [row] = await database.query<{ count: number }[]>(`SELECT count(*)::int AS count ${found(bind)}`, values);
      return row?.count ?? 0;
    },

    next: async (tx, after, limit) => {
      const { bind, values } = binding();
      const all = [found(bind), ...isAfter(after, bind, 'e.')].join(' AND ');
      const rows = await tx.query<Sought[]>(
        `SELECT e.id AS position_id, e.id AS event_id, e.event_at, e.publisher, e.attributes, e.content_type, e.payload,
           coalesce(d.attempts, 0) AS attempts, d.first_attempt_at, coalesce(d.updated_at, e.event_at) AS updated_at
         ${all} ORDER BY e.event_at, e.id LIMIT ${bind(limit)}`,
        values,
      );
      const { tenant, id, callback: callbackId } = subscription;
      return rows.map((row) => ({
        ...row,
        id: deliveryId(row.event_id, id),
        tenant,
        application: callback.application,
        callback: callbackId,
        subscription: id,
      }));
    },
  };
}

/** As events are routed: the type is subscribed to, and the event is addressed to the tenant, or to all. `*` covers no type that requires approval. */
function wouldGoTo({ eventTypes, tenant }: Subscription, view: Pick<ConfigView, 'all'>, bind: Bind): string {
  const wanted = [...view.all('event-type')].filter(({ state }) => covers(eventTypes, state));
  const [addressed, broadcast] = (['addressed', 'broadcast'] as const).map((audience) =>
    wanted.filter(({ state }) => state.audience === audience).map(({ state }) => state.name),
  );
  const addressees = `regexp_split_to_array(trim(e.attributes ->> 'tenant'), '\\s*,\\s*')`;
  return `(e.event_type = ANY(${bind(broadcast)}::text[]) OR e.event_type = ANY(${bind(addressed)}::text[]) AND ${bind(tenant)} = ANY(${addressees}))`;
}
