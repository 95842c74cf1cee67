import type { ReasonSentence } from '@nuncio/contracts';
import type { BatchProducer } from '@nuncio/kafka';
import type { DataSource, EntityManager } from 'typeorm';
import type { TimelineFact } from '../ingest/insert-facts.js';
import type { LogWriter } from '../ingest/log-writer.js';
import { AT_ONCE, IS_PARKED, PARKED_BY } from './parked-delivery.js';
import { ERRAND_COLUMNS, sendErrand, WITH_EVENT, type StoredErrand } from './errand-record.js';

const PARKED = `SELECT ${ERRAND_COLUMNS}, ${PARKED_BY} FROM log.deliveries d ${WITH_EVENT}
  WHERE d.subscription = $1 AND d.status IN ('parked', 'delivered') AND d.parked_position < $2 AND coalesce(d.released_at, 0) < $2
  ORDER BY d.event_at, d.id LIMIT ${AT_ONCE}`;

/** A delivery that was parked again after it was read keeps its mark: what was sent is the former one. */
const MARK_RELEASED = `UPDATE log.deliveries d SET released_at = $4
  FROM unnest($1::text[], $2::timestamptz[], $3::timestamptz[]) AS r (id, event_at, updated_at) WHERE d.id = r.id AND d.event_at = r.event_at AND d.updated_at = r.updated_at`;

/**
 * Sends what was parked under a subscription before `position`, the position at which the subscription became active; oldest first. Returns how many.
 * A crash between sending and marking sends some twice; dispatchers drop these by delivery and number. Does nothing while another replica is
 * releasing the same subscription.
 */
export async function releaseParked(dataSource: DataSource, ports: ReleasePorts, subscription: string, position: number): Promise<number> {
  let all = 0;
  for (;;) {
    const at = Date.now();
    const released = await dataSource.transaction((tx) => releaseSome(tx, ports.producer, subscription, position));
    await ports.writer.writeTimeline(released.map((stored) => releasedFact(stored, Math.max(at, stored.updated_at.getTime() + 1))));
    all += released.length;
    if (released.length < AT_ONCE) return all;
  }
}

interface ReleasePorts {
  readonly producer: Pick<BatchProducer, 'send'>;
  readonly writer: Pick<LogWriter, 'writeTimeline'>;
}

const releasedFact = ({ id, event_at, attempts }: StoredErrand, at: number): TimelineFact => ({
  delivery: id,
  eventAt: event_at.getTime(),
  at,
  number: attempts + 1,
  fact: 'released',
  reason: 'it may be sent again' satisfies ReasonSentence,
  requestedBy: null,
  operation: null,
  hold: null,
});

async function releaseSome(tx: EntityManager, producer: Pick<BatchProducer, 'send'>, subscription: string, position: number): Promise<StoredErrand[]> {
  const [lock] = await tx.query<{ got: boolean }[]>('SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS got', [`nuncio release ${subscription}`]);
  if (!lock?.got) return [];
  const parked = await tx.query<StoredErrand[]>(PARKED, [subscription, position]);
  await Promise.all(parked.map((stored) => sendErrand(producer, stored, { asked: 'unblock', key: subscription, position, requestedBy: null, operation: stored.operation ?? null })));
  await tx.query(MARK_RELEASED, [parked.map(({ id }) => id), parked.map(({ event_at }) => event_at.toISOString()), parked.map(({ updated_at }) => updated_at.toISOString()), position]);
  return parked;
}

interface Parking {
  readonly subscription: string;
  /** The latest position at which a delivery was parked; null = that fact has not been read yet. */
  readonly position: number | null;
}

/** Subscriptions with parked deliveries. */
export const subscriptionsWithParked = (dataSource: DataSource): Promise<Parking[]> =>
  dataSource.query(`SELECT subscription, max(parked_position)::float8 AS position FROM log.deliveries d WHERE ${IS_PARKED} GROUP BY subscription`);
