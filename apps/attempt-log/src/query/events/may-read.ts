import { compileFilter, isSuspended, mayHave, type Addressed } from '@nuncio/contracts';
import type { ConfigView } from '@nuncio/kafka';
import type { DataSource } from 'typeorm';
import { addressedAs, type StoredEvent } from './event.js';
import type { Reach } from '../reach.js';
import { binding } from '../statement.js';

/** The most deliveries that are checked; those with attempts come first. */
const MAX_ASKED = 1_000;

/**
 * Whether a caller may read a payload. Callers who see all tenants may. Others may if a delivery of this record within their reach has been
 * attempted, or its subscription may have the event now. A delivery that waits for an approval gives no access.
 */
export async function mayRead(dataSource: DataSource, view: Pick<ConfigView, 'get'>, event: StoredEvent & { payload: Buffer }, reach: Reach): Promise<boolean> {
  const { values, bind } = binding(event.id, event.event_at.toISOString());
  const within = reach(bind);
  if (!within.length) return true;
  const found = await dataSource.query<{ subscription: string; attempts: number }[]>(
    `SELECT subscription, attempts FROM log.deliveries WHERE ${['event_id = $1', 'event_at = $2::timestamptz', ...within].join(' AND ')} ORDER BY attempts DESC LIMIT ${MAX_ASKED}`,
    values,
  );
  if (found.some(({ attempts }) => attempts > 0)) return true;
  const asked = addressed(event, view);
  return found.some(({ subscription }) => isFor(subscription, asked, view));
}

function addressed(event: StoredEvent & { payload: Buffer }, view: Pick<ConfigView, 'get'>): Addressed {
  return { type: view.get('event-type', event.event_type)?.state, ...addressedAs(event) };
}

function isFor(id: string, event: Addressed, view: Pick<ConfigView, 'get'>): boolean {
  const subscription = view.get('subscription', id)?.state;
  if (!subscription) return false;
  const isTenantSuspended = isSuspended(view.get('tenant', subscription.tenant)?.state);
  return mayHave({ subscription, filter: subscription.filter && compileFilter(subscription.filter, subscription.tenant), isTenantSuspended }, event) === null;
}
