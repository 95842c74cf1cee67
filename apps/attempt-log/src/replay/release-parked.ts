import type { BatchProducer } from '@nuncio/kafka';
import type { DataSource, EntityManager } from 'typeorm';
import { IS_PARKED } from './parked-delivery.js';
import { ERRAND_COLUMNS, sendErrand, WITH_EVENT, type StoredErrand } from './errand-record.js';

/** Payloads may be 1 MiB each. */
const AT_ONCE = 50;

const PARKED = `SELECT ${ERRAND_COLUMNS} FROM log.deliveries d ${WITH_EVENT}
  WHERE d.subscription = $1 AND d.status IN ('parked', 'delivered') AND d.parked_position < $2 AND coalesce(d.released_at, 0) < $2
  ORDER BY d.event_at, d.id LIMIT ${AT_ONCE}`;

const MARK_RELEASED = `UPDATE log.deliveries d SET released_at = $3
  FROM unnest($1::text[], $2::timestamptz[]) AS r (id, event_at) WHERE d.id = r.id AND d.event_at = r.event_at`;

/**
 * Sends what is parked under a subscription that was activated at `activatedAt`, oldest first, and answers how many. A crash between sending and marking
 * sends some twice; the dispatcher knows them by delivery and number. Where another replica is at it, nothing is done here.
 */
export async function releaseParked(dataSource: DataSource, producer: Pick<BatchProducer, 'send'>, subscription: string, activatedAt: number): Promise<number> {
  let released = 0;
  for (;;) {
    const count = await dataSource.transaction((tx) => releaseSome(tx, producer, subscription, activatedAt));
    released += count;
    if (count < AT_ONCE) return released;
  }
}

async function releaseSome(tx: EntityManager, producer: Pick<BatchProducer, 'send'>, subscription: string, activatedAt: number): Promise<number> {
  const [lock] = await tx.query<{ got: boolean }[]>('SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS got', [`nuncio release ${subscription}`]);
  if (!lock?.got) return 0;
  const parked = await tx.query<StoredErrand[]>(PARKED, [subscription, activatedAt]);
  const errands = { key: subscription, reason: 'unblock', retriesUsed: 0, position: activatedAt, requestedBy: null } as const;
  await Promise.all(parked.map((stored) => sendErrand(producer, stored, errands)));
  await tx.query(MARK_RELEASED, [parked.map(({ id }) => id), parked.map(({ event_at }) => event_at.toISOString()), activatedAt]);
  return parked.length;
}

export interface Parking {
  readonly subscription: string;
  /** The latest at which anything was parked; null = its fact has not come yet. */
  readonly position: number | null;
}

/** Subscriptions with anything parked. */
export const subscriptionsWithParked = (dataSource: DataSource): Promise<Parking[]> =>
  dataSource.query(`SELECT subscription, max(parked_position)::float8 AS position FROM log.deliveries d WHERE ${IS_PARKED} GROUP BY subscription`);
