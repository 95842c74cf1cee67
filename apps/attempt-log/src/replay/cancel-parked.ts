import { attempts, type AttemptFact } from '@nuncio/contracts';
import type { BatchProducer } from '@nuncio/kafka';
import type { DataSource } from 'typeorm';
import { aboutOf, AT_ONCE, inTurns, markUnparked, type ParkedDelivery } from './parked-delivery.js';

const PARKED = `SELECT id, event_id, event_at, event_type, ce_id, ce_source, tenant, application, callback, subscription, attempts
  FROM log.deliveries WHERE subscription = $1 AND status = 'parked' ORDER BY event_at, id LIMIT ${AT_ONCE}`;

const REASON = 'the subscription was deleted';

/** A subscription that is deleted goes with what it left parked, which is put on record as canceled. Answers how many. */
export const cancelParked = (dataSource: DataSource, producer: Pick<BatchProducer, 'sendJson'>, subscription: string, now: number): Promise<number> =>
  inTurns(dataSource, async (tx) => {
    const parked = await tx.query<ParkedDelivery[]>(PARKED, [subscription]);
    await Promise.all(
      parked.map((delivery) => {
        const fact: AttemptFact = { fact: 'canceled', ...aboutOf(delivery), at: now, number: delivery.attempts + 1, reason: REASON };
        return producer.sendJson(attempts, delivery.id, fact);
      }),
    );
    await markUnparked(tx, parked, 'canceled', REASON);
    return parked.length;
  });
