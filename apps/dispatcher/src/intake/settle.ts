import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { BatchProducer, InboundRecord } from '@nuncio/kafka';
import { placeOf } from './duplicates.js';
import { quarantine } from './quarantine.js';

const logger = new Logger('Intake');
const AGAIN_AFTER_MS = 5_000;

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
    await putAway(record, error, { producer, signal, lost });
  }
}

/** What quarantine refuses is tried again as long as the record is ours: there is no next owner to leave it to, and its partition would stand in the end. */
async function putAway(record: InboundRecord, error: unknown, { producer, signal, lost }: SettleContext): Promise<void> {
  while (!signal.aborted) {
    try {
      await quarantine(producer, record, 'failed', String(error), lost);
      return;
    } catch (refused) {
      logger.error(`${placeOf(record)} cannot be put into quarantine, again in ${AGAIN_AFTER_MS} ms: ${String(refused)}`);
      await pause(AGAIN_AFTER_MS, undefined, { signal }).catch(() => undefined);
    }
  }
  record.abandon();
}
