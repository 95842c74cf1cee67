import { isOfNoTenant, UnmatchedReason, type Principal } from '@nuncio/contracts';
import { parted } from '@nuncio/service';
import type { DataSource } from 'typeorm';
import type { z } from 'zod';
import { conditions, type Given, type Query } from '../filters/filter.js';
import { eventFilters } from '../filters/filters.js';
import { ofTenant, reachOf, type Reach } from '../reach.js';
import { searchPage } from '../search.js';
import type { Page } from '../select.js';
import type { Place } from '../../stream/place.js';
import { selectWritten, type Written } from '../../stream/select-written.js';
import { IS_FIRST, SHOWN, type StoredEvent } from './event.js';
import { eventSource } from './event-source.js';
import type { Bind } from '../statement.js';

/** Events within the caller's reach, newest first, with these columns. */
export function findEvents<Row extends StoredEvent>(dataSource: DataSource, caller: Principal, query: Query<typeof eventFilters>, select: string): Promise<Page<Row>> {
  const within = withoutWhatIsOthers(caller, ofTenant(caller, query));
  return searchPage<Row>(dataSource, { select, ...eventSource(within), at: 'event_at', where: selected(caller, within) }, query);
}

/** Everything that changes an event as it is shown: its record, the reason that nobody gets it, and its deliveries. */
const CHANGES = `(
  SELECT id, event_at, written, NULL::text AS reason, NULL::text AS tenant, NULL::text AS callback FROM log.events
  UNION ALL SELECT event_id, event_at, written, reason, NULL, NULL FROM log.unmatched
  UNION ALL SELECT event_id, event_at, written, NULL, tenant, callback FROM log.deliveries) change`;

/** Events within the caller's reach that were written after a place, or have changed since. */
export function findWrittenEvents(dataSource: DataSource, caller: Principal, query: Given<typeof eventFilters>, after: Place): Promise<Written<StoredEvent>> {
  const conditions = selected(caller, withoutWhatIsOthers(caller, ofTenant(caller, query)));
  const its = (bind: Bind): string => `SELECT ${SHOWN} FROM log.events e WHERE ${['e.id = w.id', 'e.event_at = w.event_at', ...conditions(bind)].join(' AND ')}`;
  return selectWritten(dataSource, { select: 'its.*', from: CHANGES, where: (bind) => own(caller, bind), its }, after);
}

/** SQL: changes that are not of others. That an event comes again must not tell a tenant that somebody else has a delivery of it. */
function own(caller: Principal, bind: Bind): string[] {
  const within = reachOf(caller)(bind);
  return within.length ? [`(tenant IS NULL OR ${within.join(' AND ')})`, `reason IS DISTINCT FROM 'unknown-tenant'`] : [];
}

/** SQL conditions on `log.events e`. */
const selected = (caller: Principal, within: Given<typeof eventFilters>) => {
  const reach = reachOf(caller);
  return (bind: Bind): string[] => [
    ...conditions(eventFilters, within, bind),
    ...throughDeliveries(reach, bind),
    within.tenant ? isFirstDeliveredTo(within.tenant, reach, bind) : IS_FIRST,
  ];
};

/**
 * A tenant sees an event only through its own deliveries, and only the records that these were made of. An event's id alone gives no access, since
 * others can produce the same id.
 */
export function throughDeliveries(reach: Reach, bind: Bind): string[] {
  const conditions = reach(bind);
  return conditions.length ? [`EXISTS (SELECT FROM log.deliveries d WHERE ${['d.event_id = e.id', 'd.event_at = e.event_at', ...conditions].join(' AND ')})`] : [];
}

/** SQL: no earlier record of the event has a delivery within reach. The first record may have none, and a later one, published again, may have. */
const isFirstDeliveredTo = (tenants: readonly string[], reach: Reach, bind: Bind): string =>
  `NOT EXISTS (SELECT FROM log.deliveries d WHERE ${['d.event_id = e.id', 'd.event_at < e.event_at', `d.tenant = ANY(${bind(tenants)}::text[])`, ...reach(bind)].join(' AND ')})`;

/** Only callers who see all tenants learn that an event names a tenant that does not exist. */
function withoutWhatIsOthers<Q extends Given<typeof eventFilters>>(caller: Principal, query: Q): Q {
  if (!query.unmatched || isOfNoTenant(caller.role)) return query;
  const { wanted, unwanted } = parted(query.unmatched);
  const own = (reasons: readonly (Reason | 'any')[]): Reason[] => (reasons.includes('any') ? UnmatchedReason.options : (reasons as Reason[])).filter((reason) => reason !== 'unknown-tenant');
  const include = own(wanted);
  if (wanted.length && !include.length) return { ...query, unmatched: [] };
  const unmatched = [...include, ...own(unwanted).map((reason) => `!${reason}` as const)];
  return { ...query, unmatched: unmatched.length ? unmatched : undefined };
}

type Reason = z.infer<typeof UnmatchedReason>;
