import { attempts, type DeliveryFact, type ReasonSentence } from '@nuncio/contracts';
import type { BatchProducer } from '@nuncio/kafka';
import type { DataSource, EntityManager } from 'typeorm';
import { fold } from '../ingest/delivery-row.js';
import { unnestValues } from '../ingest/unnest.js';
import { deliveryColumns, UPSERT_DELIVERIES } from '../ingest/upsert-deliveries.js';
import type { StoredDelivery } from '../query/deliveries/stored-delivery.js';

/** Payloads may be 1 MiB each. */
export const AT_ONCE = 50;

/** The columns of log.deliveries that a fact about the delivery needs. */
export type ParkedDelivery = Readonly<
  Pick<StoredDelivery, 'id' | 'event_id' | 'event_at' | 'event_type' | 'ce_id' | 'ce_source' | 'tenant' | 'application' | 'callback' | 'subscription' | 'attempts' | 'updated_at'>
> & {
  /** The bulk operation that sent the delivery before it was parked. */
  readonly operation?: string | null;
};

/** SQL condition on `log.deliveries d`. A delivered delivery may have a parked attempt too: one that was sent again by hand. */
export const IS_PARKED = `(d.status = 'parked' OR d.status = 'delivered' AND d.parked_position IS NOT NULL)`;

/** SQL: `operation` of `log.deliveries d`. */
export const PARKED_BY = `(SELECT b.operation FROM log.redelivered b WHERE b.delivery = d.id AND b.event_at = d.event_at AND b.outcome = 'parked' ORDER BY b.at DESC LIMIT 1) AS operation`;

/**
 * The fields that every fact about a waiting delivery has. `at` is always later than that of the fact that parked it, whatever
 * the clock says.
 */
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

/** Writes the facts to the topic and at once into the log, so that no other replica takes the deliveries for parked meanwhile. */
export async function putOnRecord(tx: EntityManager, producer: Pick<BatchProducer, 'sendJson'>, facts: readonly (DeliveryFact & { readonly reason: ReasonSentence })[]): Promise<void> {
  await Promise.all(facts.map((fact) => producer.sendJson(attempts, fact.delivery, fact)));
  await tx.query(UPSERT_DELIVERIES, unnestValues(deliveryColumns, fold(facts)));
}

/**
 * Repeats `work` in transactions until it finds less than a full batch. One replica at a time. Returns how many rows it worked
 * on.
 */
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
