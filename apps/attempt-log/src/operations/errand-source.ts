import type { Principal } from '@nuncio/contracts';
import type { ConfigView } from '@nuncio/kafka';
import type { DataSource, EntityManager } from 'typeorm';
import { conditions } from '../query/filter.js';
import { deliveryFilters } from '../query/filters.js';
import { reachOf, withinTenant } from '../query/reach.js';
import type { StoredErrand } from '../replay/errand-record.js';
import { eventsFor } from './events-source.js';
import { deliveriesWhere } from './deliveries-source.js';
import type { Selection } from './selection.js';

/** Everything up to this row, oldest first, is done. */
export interface Position {
  readonly at: string;
  readonly id: string;
}

export type Sought = Omit<StoredErrand, 'payload'> & {
  readonly position_id: string;
  /** null = its event is not kept any more. */
  readonly payload: Buffer | null;
};

/** The rows of a selection that may be sent again: terminal or parked, and unchanged since the operation began, so that none is sent twice. */
export interface ErrandSource {
  count(database: DataSource): Promise<number>;
  /** Oldest first. Fewer than asked for = these are the last. */
  next(tx: EntityManager, after: Position | null, limit: number): Promise<Sought[]>;
}

/** What a caller may send again of a selection, by configuration as it is now. `asOf` (RFC 3339) is when the operation began. */
export function sourceOf(selection: Selection, caller: Principal, asOf: string, view: Pick<ConfigView, 'get' | 'all'>): ErrandSource {
  const reach = reachOf(caller, view);
  switch (selection.of) {
    case 'lost':
      return deliveriesWhere(asOf, (bind) => [
        `status IN ('failed', 'expired')`,
        `callback = ${bind(selection.callback)}`,
        `event_at >= ${bind(selection.since)}::timestamptz`,
        ...(selection.until ? [`event_at < ${bind(selection.until)}::timestamptz`] : []),
        ...reach(bind),
      ]);
    case 'deliveries':
      return deliveriesWhere(asOf, (bind) => [`status NOT IN ('pending', 'held')`, ...conditions(deliveryFilters, selection.filters, bind), ...reach(bind)]);
    case 'events':
      return eventsFor({ ...selection, filters: withinTenant(caller, selection.filters) }, asOf, view);
  }
}
