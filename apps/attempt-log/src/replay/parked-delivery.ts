import type { DeliveryFact } from '@nuncio/contracts';
import type { DataSource, EntityManager } from 'typeorm';
import type { DeliveryStatus } from '../delivery-status.js';

/** Payloads may be 1 MiB each. */
export const AT_ONCE = 50;

/** A row of log.deliveries, as far as a fact about it needs it. */
export interface ParkedDelivery {
  readonly id: string;
  readonly event_id: string;
  readonly event_at: Date;
  readonly event_type: string;
  readonly ce_id: string;
  readonly ce_source: string;
  readonly tenant: string;
  readonly application: string;
  readonly callback: string;
  readonly subscription: string;
  readonly attempts: number;
}

/** What every fact about a delivery says. */
export const aboutOf = (row: ParkedDelivery): Omit<Extract<DeliveryFact, { fact: 'expired' }>, 'fact' | 'at' | 'reason'> => ({
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
});

const MARK = `UPDATE log.deliveries d SET status = $3, reason = $4
  FROM unnest($1::text[], $2::timestamptz[]) AS r (id, event_at) WHERE d.id = r.id AND d.event_at = r.event_at`;

/** Ahead of the facts, which will say the same: nobody takes it for parked meanwhile. */
export const markUnparked = (tx: EntityManager, rows: readonly ParkedDelivery[], status: DeliveryStatus, reason: string): Promise<unknown> =>
  tx.query(MARK, [rows.map(({ id }) => id), rows.map(({ event_at }) => event_at.toISOString()), status, reason]);

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
