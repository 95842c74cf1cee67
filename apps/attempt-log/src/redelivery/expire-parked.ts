import { deadLetters, events, FAILURE_HEADER, type RecordFailure } from '@nuncio/contracts';
import type { BatchProducer } from '@nuncio/kafka';
import type { DataSource } from 'typeorm';
import { ERRAND_COLUMNS, errandRecord, WITH_EVENT, type StoredErrand } from './errand-record.js';
import { aboutOf, AT_ONCE, IS_PARKED, inTurns, PARKED_BY, putOnRecord } from './parked-delivery.js';

const PARKED_AT_MOST_MS = 14 * 86_400_000;

/** A delivery that was released after it was parked is already on its way, so it is left out. */
const STALE = `SELECT ${ERRAND_COLUMNS}, ${PARKED_BY}, e.partition, e.record_offset
  FROM log.deliveries d LEFT ${WITH_EVENT}
  WHERE ${IS_PARKED} AND coalesce(d.released_at, 0) <= coalesce(d.parked_position, 0) AND (d.updated_at < $1 OR d.event_at < $2)
  ORDER BY d.event_at, d.id LIMIT ${AT_ONCE}`;

type StaleDelivery = Omit<StoredErrand, 'publisher' | 'attributes' | 'payload'> & (Kept | NotKept);
interface Kept extends Pick<StoredErrand, 'publisher' | 'attributes' | 'payload'> {
  readonly partition: number;
  readonly record_offset: string;
}
/** The log dropped the event before the delivery was parked. */
type NotKept = { readonly [N in keyof Kept]: null };

const REASON = 'it was parked for too long';
const WITHOUT_EVENT = `${REASON}, and its event is no longer kept`;

/**
 * Expires each delivery that has been parked for more than 14 days, or whose event is older than `keptFrom` and is about to be dropped by retention.
 * Writes a dead letter, then the fact `expired`. Returns how many. After a crash in between, the delivery is expired again.
 */
export async function expireParked(
  dataSource: DataSource,
  producer: Pick<BatchProducer, 'send' | 'sendJson'>,
  { now, keptFrom }: { readonly now: number; readonly keptFrom: string },
): Promise<number> {
  const parkedBefore = new Date(now - PARKED_AT_MOST_MS).toISOString();
  return inTurns(dataSource, async (tx) => {
    const stale = await tx.query<StaleDelivery[]>(STALE, [parkedBefore, keptFrom]);
    await Promise.all(stale.map((delivery) => expire(producer, delivery, now)));
    await putOnRecord(tx, producer, stale.map((delivery) => ({ fact: 'expired', ...aboutOf(delivery, now), reason: REASON })));
    return stale.length;
  });
}

/** The dead letter has no value if the log no longer keeps the event. */
async function expire(producer: Pick<BatchProducer, 'send'>, delivery: StaleDelivery, now: number): Promise<void> {
  const { ce_id, ce_source, event_type, partition, record_offset } = delivery;
  const event = delivery.payload ? delivery : { publisher: '', attributes: { specversion: '1.0', id: ce_id, source: ce_source, type: event_type }, payload: EMPTY };
  const { key, value, headers } = errandRecord({ ...delivery, ...event }, { asked: 'unblock', key: delivery.id, position: null, requestedBy: null, operation: null }, now);
  const detail = delivery.payload ? REASON : WITHOUT_EVENT;
  const failure: RecordFailure = { reason: 'expired', detail, topic: events.name, partition: partition ?? 0, offset: record_offset ?? '-1' };
  await producer.send(deadLetters, { key, value: delivery.payload && value, headers: { ...headers, [FAILURE_HEADER]: JSON.stringify(failure) } });
}

const EMPTY = Buffer.alloc(0);
