import { Controller, Inject, Logger } from '@nestjs/common';
import { deadLetters, quarantine } from '@nuncio/contracts';
import { OnBatch, type RecordBatch } from '@nuncio/kafka';
import { isolate } from '../ingest/isolate.js';
import { LogWriter } from '../ingest/log-writer.js';
import { failedRecords } from '../metrics.js';
import { failedRecordRow, type FailedRecordKind, type FailedRecordRow } from './failed-record-row.js';
import { knownReason } from './hint.js';

/** A consumer group of its own, so that many dead letters or quarantined records do not delay the log. */
export const FAILED_RECORDS = Symbol('failed records');
export const FAILED_RECORDS_GROUP = 'failed-records';

/** Writes quarantined records and dead letters from their topics into the log. */
@Controller()
export class FailedRecordsController {
  readonly #logger = new Logger('FailedRecords');

  constructor(@Inject(LogWriter) private readonly writer: Pick<LogWriter, 'writeFailedRecords'>) {}

  @OnBatch(quarantine.name, FAILED_RECORDS)
  onQuarantined(batch: RecordBatch): Promise<void> {
    return this.#keep('quarantine', batch);
  }

  @OnBatch(deadLetters.name, FAILED_RECORDS)
  onDeadLetters(batch: RecordBatch): Promise<void> {
    return this.#keep('dead-letter', batch);
  }

  async #keep(kind: FailedRecordKind, { records }: RecordBatch): Promise<void> {
    const now = Date.now();
    const rows = records.map((record) => failedRecordRow(kind, record, now));
    await isolate(rows, (some) => this.writer.writeFailedRecords(some), (row, detail) => this.#passOver(row, detail));
    for (const { failure } of rows) failedRecords.inc({ of: kind, reason: knownReason(kind, failure.reason) });
    for (const record of records) record.done();
  }

  /** A record of these topics cannot go to quarantine again; it stays on its topic. */
  #passOver({ kind, id }: FailedRecordRow, detail: string): Promise<void> {
    this.#logger.error(`${kind} ${id} cannot be stored, it stays on its topic: ${detail}`);
    return Promise.resolve();
  }
}
