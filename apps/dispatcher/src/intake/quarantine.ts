import { batchToQuarantine, putAway, type BatchProducer, type InboundRecord, type RecordBatch, type Undecodable } from '@nuncio/kafka';
import { metrics, type Reason } from '../metrics.js';

/** Puts a record away where somebody can look at it, so that its partition moves on. Tries again as long as the record is ours. Never rejects. */
export function quarantine(producer: BatchProducer, record: InboundRecord, reason: Reason, detail: string, batch: Pick<RecordBatch, 'signal' | 'lost'>): Promise<void> {
  metrics.quarantined.inc({ reason });
  return putAway(producer, record, reason, detail, batch);
}

/** The same for a batch whose records cannot be decoded. */
export function quarantineBatch(producer: BatchProducer, batch: Undecodable, lost: AbortSignal): Promise<void> {
  metrics.quarantined.inc({ reason: 'undecodable-batch' });
  return batchToQuarantine(producer, batch, lost);
}
