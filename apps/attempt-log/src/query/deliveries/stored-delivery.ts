import type { ErrorClass } from '@nuncio/contracts';
import type { DeliveryStatus } from '../../delivery-status.js';
import type { Waits } from '../../ingest/standing.js';

/** The columns of log.deliveries that are shown. */
export interface StoredDelivery {
  id: string;
  event_at: Date;
  event_id: string;
  event_type: string;
  ce_id: string;
  ce_source: string;
  tenant: string;
  application: string;
  callback: string;
  subscription: string;
  status: DeliveryStatus;
  next_at: Date | null;
  /** JSON of `Waits`; null = it does not wait, or the row is older than this column. */
  waits: string | null;
  reason: string | null;
  updated_at: Date;
  attempts: number;
  first_attempt_at: Date | null;
  last_attempt_at: Date | null;
  last_attempt: string | null;
  response_status: number | null;
  error_class: ErrorClass | null;
  /**
   * The number of the first successful attempt; null also in rows older than these columns, whose last attempt was the
   * success.
   */
  delivered_number: number | null;
  delivered_at: Date | null;
}

/** The record that the delivery waits as; null = it does not wait, or the log does not know. */
export const waitsOf = ({ waits }: Pick<StoredDelivery, 'waits'>): Waits | null => (waits === null ? null : (JSON.parse(waits) as Waits));
