import { batchToQuarantine, putAway, type BatchProducer, type InboundRecord, type RecordBatch, type Undecodable } from '@nuncio/kafka';
import { metrics, type Reason } from '../metrics.js';

/** A record that cannot be read goes where somebody can look at it; its partition moves on. Never rejects: what quarantine refuses is tried again as long as it is ours. */
export function quarantine(producer: BatchProducer, record: InboundRecord, reason: Reason, detail: string, batch: Pick<RecordBatch, 'signal' | 'lost'>): Promise<void> {
  metrics.quarantined.inc({ reason });
  return putAway(producer, record, reason, detail, batch);
}

/** So goes a batch whose records cannot be decoded. */
export function quarantineBatch(producer: BatchProducer, batch: Undecodable, lost: AbortSignal): Promise<void> {
  metrics.quarantined.inc({ reason: 'undecodable-batch' });
  return batchToQuarantine(producer, batch, lost);
}
