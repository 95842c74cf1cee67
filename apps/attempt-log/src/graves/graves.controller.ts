import { Controller, Inject, Logger } from '@nestjs/common';
import { deadLetters, quarantine } from '@nuncio/contracts';
import { OnBatch, type RecordBatch } from '@nuncio/kafka';
import { isolate } from '../ingest/isolate.js';
import { LogWriter } from '../ingest/log-writer.js';
import { graves } from '../metrics.js';
import { graveRow, type GraveKind, type GraveRow } from './grave-row.js';
import { knownReason } from './hint.js';

/** A consumer group of its own, so that many dead letters or quarantined records do not delay the log. */
export const GRAVES = Symbol('graves');
export const GRAVES_GROUP = 'graves';

/** Writes quarantined records and dead letters from their topics into the log. */
@Controller()
export class GravesController {
  readonly #logger = new Logger('Graves');

  constructor(@Inject(LogWriter) private readonly writer: Pick<LogWriter, 'writeGraves'>) {}

  @OnBatch(quarantine.name, GRAVES)
  onQuarantined(batch: RecordBatch): Promise<void> {
    return this.#keep('quarantine', batch);
  }

  @OnBatch(deadLetters.name, GRAVES)
  onDeadLetters(batch: RecordBatch): Promise<void> {
    return this.#keep('dead-letter', batch);
  }

  async #keep(kind: GraveKind, { records }: RecordBatch): Promise<void> {
    const now = Date.now();
    const rows = records.map((record) => graveRow(kind, record, now));
    await isolate(rows, (some) => this.writer.writeGraves(some), (row, detail) => this.#passOver(row, detail));
    for (const { grave } of rows) graves.inc({ of: kind, reason: knownReason(kind, grave.reason) });
    for (const record of records) record.done();
  }

  /** A record of these topics cannot go to quarantine again; it stays on its topic. */
  #passOver({ kind, id }: GraveRow, detail: string): Promise<void> {
    this.#logger.error(`${kind} ${id} cannot be stored, it stays on its topic: ${detail}`);
    return Promise.resolve();
  }
}
