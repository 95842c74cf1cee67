import type { ErrorClass } from '@nuncio/contracts';
import type { DeliveryStatus } from '../../delivery-status.js';
import type { Waits } from '../../ingest/standing.js';

/** A row of log.deliveries, as far as it is shown. */
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
  /** JSON of `Waits`; null where it does not wait, and in rows from before this column. */
  waits: string | null;
  reason: string | null;
  updated_at: Date;
  attempts: number;
  first_attempt_at: Date | null;
  last_attempt_at: Date | null;
  last_attempt: string | null;
  response_status: number | null;
  error_class: ErrorClass | null;
  /** Of the first success; null in rows from before these columns, too, whose last attempt it was. */
  delivered_number: number | null;
  delivered_at: Date | null;
}

/** The record that it waits as; null = it does not, or its facts do not say. */
export const waitsOf = ({ waits }: Pick<StoredDelivery, 'waits'>): Waits | null => (waits === null ? null : (JSON.parse(waits) as Waits));
