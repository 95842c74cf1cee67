import { batchToQuarantine, toQuarantine, type BatchProducer, type InboundRecord, type Undecodable } from '@nuncio/kafka';
import { metrics, type Reason } from '../metrics.js';

/** A record that cannot be read goes where somebody can look at it; its partition moves on. `lost` is its batch's. */
export function quarantine(producer: BatchProducer, record: InboundRecord, reason: Reason, detail: string, lost: AbortSignal): Promise<void> {
  metrics.quarantined.inc({ reason });
  return toQuarantine(producer, record, reason, detail, lost);
}

/** So goes a batch whose records cannot be decoded. */
export function quarantineBatch(producer: BatchProducer, batch: Undecodable, lost: AbortSignal): Promise<void> {
  metrics.quarantined.inc({ reason: 'undecodable-batch' });
  return batchToQuarantine(producer, batch, lost);
}
