import { Logger } from '@nestjs/common';
import type { BatchProducer, InboundRecord, RecordBatch } from '@nuncio/kafka';
import { placeName } from './duplicates.js';
import { quarantine } from './quarantine.js';

const logger = new Logger('Intake');

/** What all records of a batch have in common. */
export interface SettleContext extends Pick<RecordBatch, 'signal' | 'lost'> {
  readonly producer: BatchProducer;
}

/**
 * Finishes a record with its work; `false` = the work was abandoned. A failure here is a fault of ours that no repetition mends: the record goes into quarantine,
 * so that neither its partition stands still nor its batch is done again.
 */
export function settle(record: InboundRecord, context: SettleContext, work: () => Promise<unknown>): void {
  void finish(record, context, work);
}

async function finish(record: InboundRecord, { producer, signal, lost }: SettleContext, work: () => Promise<unknown>): Promise<void> {
  try {
    if ((await work()) === false) record.abandon();
    else record.done();
  } catch (error) {
    if (lost.aborted) {
      record.abandon();
      return;
    }
    logger.error(`${placeName(record)} goes to quarantine, because of a fault of Nuncio: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    await quarantine(producer, record, 'failed', String(error), { signal, lost });
  }
}
