import { isOfNoTenant, UnmatchedReason, type Principal } from '@nuncio/contracts';
import { parted } from '@nuncio/service';
import type { DataSource } from 'typeorm';
import type { z } from 'zod';
import { conditions, type Bind, type Given, type Query } from '../filters/filter.js';
import { eventFilters } from '../filters/filters.js';
import { ofTenant, reachOf, type Reach } from '../reach.js';
import { searchPage } from '../search.js';
import type { Page } from '../select.js';
import { IS_FIRST, type StoredEvent } from './event.js';
import { eventSource } from './event-source.js';

/** Events within the caller's reach, newest first, with these columns. */
export function findEvents<Row extends StoredEvent>(dataSource: DataSource, caller: Principal, query: Query<typeof eventFilters>, select: string): Promise<Page<Row>> {
  const within = withoutWhatIsOthers(caller, ofTenant(caller, query));
  const reach = reachOf(caller);
  return searchPage<Row>(
    dataSource,
    {
      select,
      ...eventSource(within),
      at: 'event_at',
      where: (bind) => [
        ...conditions(eventFilters, within, bind),
        ...throughDeliveries(reach, bind),
        within.tenant ? isFirstDeliveredTo(within.tenant, reach, bind) : IS_FIRST,
      ],
    },
    query,
  );
}

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
