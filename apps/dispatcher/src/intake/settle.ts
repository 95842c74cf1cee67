import { Logger } from '@nestjs/common';
import type { BatchProducer, InboundRecord } from '@nuncio/kafka';
import { placeOf } from './duplicates.js';
import { quarantine } from './quarantine.js';

const logger = new Logger('Intake');

export interface SettleContext {
  readonly producer: BatchProducer;
  /** Both of the record's batch. */
  readonly signal: AbortSignal;
  readonly lost: AbortSignal;
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
    logger.error(`${placeOf(record)} cannot be handled: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    if (signal.aborted) record.abandon();
    else await putAway(producer, record, error, lost);
  }
}

async function putAway(producer: BatchProducer, record: InboundRecord, error: unknown, lost: AbortSignal): Promise<void> {
  try {
    await quarantine(producer, record, 'failed', String(error), lost);
  } catch (refused) {
    logger.error(`${placeOf(record)} is left to the next owner: ${String(refused)}`);
    record.abandon();
  }
}
