import { deadLetters, events, GRAVE_HEADER, type Grave } from '@nuncio/contracts';
import type { BatchProducer } from '@nuncio/kafka';
import type { DataSource } from 'typeorm';
import { ERRAND_COLUMNS, errandRecord, WITH_EVENT, type StoredErrand } from './errand-record.js';
import { aboutOf, AT_ONCE, IS_PARKED, inTurns, putOnRecord, type ParkedDelivery } from './parked-delivery.js';

const PARKED_AT_MOST_MS = 14 * 86_400_000;

/** What was released after it was parked is on its way. */
const STALE = `SELECT ${ERRAND_COLUMNS}, d.event_type, d.ce_id, d.ce_source, e.partition, e.record_offset
  FROM log.deliveries d ${WITH_EVENT}
  WHERE ${IS_PARKED} AND coalesce(d.released_at, 0) <= coalesce(d.parked_position, 0) AND (d.updated_at < $1 OR d.event_at < $2)
  ORDER BY d.event_at, d.id LIMIT ${AT_ONCE}`;

interface StaleDelivery extends StoredErrand, ParkedDelivery {
  readonly partition: number;
  readonly record_offset: string;
}

const REASON = 'it was parked for too long';

/**
 * Buries what has been parked for longer than 14 days, or since before `keptFrom`, where retention is about to drop it: a dead letter, then the fact `expired`.
 * Answers how many. What a crash interrupts is buried again.
 */
export async function expireParked(
  dataSource: DataSource,
  producer: Pick<BatchProducer, 'send' | 'sendJson'>,
  { now, keptFrom }: { readonly now: number; readonly keptFrom: string },
): Promise<number> {
  const parkedBefore = new Date(now - PARKED_AT_MOST_MS).toISOString();
  return inTurns(dataSource, async (tx) => {
    const stale = await tx.query<StaleDelivery[]>(STALE, [parkedBefore, keptFrom]);
    await Promise.all(stale.map((delivery) => bury(producer, delivery, now)));
    await putOnRecord(tx, producer, stale.map((delivery) => ({ fact: 'expired', ...aboutOf(delivery, now), reason: REASON })));
    return stale.length;
  });
}

async function bury(producer: Pick<BatchProducer, 'send'>, delivery: StaleDelivery, now: number): Promise<void> {
  const { key, value, headers } = errandRecord(delivery, { key: delivery.id, reason: 'unblock', retriesUsed: 0, position: null, requestedBy: null }, now);
  const grave: Grave = { reason: 'expired', detail: REASON, topic: events.name, partition: delivery.partition, offset: delivery.record_offset };
  await producer.send(deadLetters, { key, value, headers: { ...headers, [GRAVE_HEADER]: JSON.stringify(grave) } });
}
