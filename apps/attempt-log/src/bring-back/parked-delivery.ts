import { attempts, type DeliveryFact } from '@nuncio/contracts';
import type { BatchProducer } from '@nuncio/kafka';
import type { DataSource, EntityManager } from 'typeorm';
import { fold } from '../ingest/delivery-row.js';
import { unnestValues } from '../ingest/unnest.js';
import { deliveryColumns, UPSERT_DELIVERIES } from '../ingest/upsert-deliveries.js';
import type { StoredDelivery } from '../query/deliveries/stored-delivery.js';

/** Payloads may be 1 MiB each. */
export const AT_ONCE = 50;

/** A row of log.deliveries, as far as a fact about it needs it. */
export type ParkedDelivery = Readonly<
  Pick<StoredDelivery, 'id' | 'event_id' | 'event_at' | 'event_type' | 'ce_id' | 'ce_source' | 'tenant' | 'application' | 'callback' | 'subscription' | 'attempts' | 'updated_at'>
> & {
  /** The bulk operation that brought it back to where it is parked. */
  readonly operation?: string | null;
};

/** Of `log.deliveries d`. What was delivered is not parked, but may wait all the same: for what was sent again by hand. */
export const IS_PARKED = `(d.status = 'parked' OR d.status = 'delivered' AND d.parked_position IS NOT NULL)`;

/** `operation` of `log.deliveries d`. */
export const PARKED_BY = `(SELECT b.operation FROM log.brought_back b WHERE b.delivery = d.id AND b.event_at = d.event_at AND b.outcome = 'parked' ORDER BY b.at DESC LIMIT 1) AS operation`;

/** What every fact about a delivery that waits says. It is later than the one that parked it, whatever the clock says. */
export const aboutOf = (row: ParkedDelivery, now: number): Omit<Extract<DeliveryFact, { fact: 'expired' }>, 'fact' | 'reason'> => ({
  event: row.event_id,
  eventAt: row.event_at.getTime(),
  eventType: row.event_type,
  ceId: row.ce_id,
  ceSource: row.ce_source,
  delivery: row.id,
  tenant: row.tenant,
  application: row.application,
  callback: row.callback,
  subscription: row.subscription,
  operation: row.operation ?? undefined,
  number: row.attempts + 1,
  at: Math.max(now, row.updated_at.getTime() + 1),
});

/** Writes what has become of them: to the topic, and into the log ahead of it, so that nobody takes them for parked meanwhile. */
export async function putOnRecord(tx: EntityManager, producer: Pick<BatchProducer, 'sendJson'>, facts: readonly DeliveryFact[]): Promise<void> {
  await Promise.all(facts.map((fact) => producer.sendJson(attempts, fact.delivery, fact)));
  await tx.query(UPSERT_DELIVERIES, unnestValues(deliveryColumns, fold(facts)));
}

/** Batch by batch, one replica at a time, until a batch is not full. Answers how many there were. */
export async function inTurns(dataSource: DataSource, work: (tx: EntityManager) => Promise<number>): Promise<number> {
  let all = 0;
  for (;;) {
    const count = await dataSource.transaction(async (tx) => {
      await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('nuncio unpark', 0))`);
      return work(tx);
    });
    all += count;
    if (count < AT_ONCE) return all;
  }
}
