import type { BatchProducer } from '@nuncio/kafka';
import type { DataSource } from 'typeorm';
import { aboutOf, AT_ONCE, IS_PARKED, inTurns, PARKED_BY, putOnRecord, type ParkedDelivery } from './parked-delivery.js';

const PARKED = `SELECT id, event_id, event_at, event_type, ce_id, ce_source, tenant, application, callback, subscription, attempts, updated_at, ${PARKED_BY}
  FROM log.deliveries d WHERE subscription = $1 AND ${IS_PARKED} ORDER BY event_at, id LIMIT ${AT_ONCE}`;

/** Cancels every parked delivery of a deleted subscription, and writes a fact for each. Returns how many. */
export const cancelParked = (dataSource: DataSource, producer: Pick<BatchProducer, 'sendJson'>, subscription: string, now: number): Promise<number> =>
  inTurns(dataSource, async (tx) => {
    const parked = await tx.query<ParkedDelivery[]>(PARKED, [subscription]);
    await putOnRecord(tx, producer, parked.map((delivery) => ({ fact: 'canceled', ...aboutOf(delivery, now), reason: 'the subscription was deleted' as const })));
    return parked.length;
  });
