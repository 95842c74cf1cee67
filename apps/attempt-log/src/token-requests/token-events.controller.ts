import { Controller, Inject } from '@nestjs/common';
import { tokenEvents } from '@nuncio/contracts';
import { BatchProducer, OnBatch, readJson, toQuarantine, type InboundRecord, type RecordBatch } from '@nuncio/kafka';
import { INGEST } from '../ingest/ingest.controller.js';
import { isolate } from '../ingest/isolate.js';
import { LogWriter } from '../ingest/log-writer.js';
import { TokenNotices } from '../notices/token-notices.js';
import { quarantined } from '../metrics.js';
import { dated, near } from '../partitions/day.js';
import type { PlacedTokenEvent } from './insert-token-requests.js';

/** What token-service tells of its requests, into the log. There are few: one for each token of a credential, whatever the number of deliveries. */
@Controller()
export class TokenEventsController {
  constructor(
    @Inject(LogWriter) private readonly writer: Pick<LogWriter, 'writeTokenRequests'>,
    @Inject(BatchProducer) private readonly producer: Pick<BatchProducer, 'send'>,
    @Inject(TokenNotices) private readonly notices: Pick<TokenNotices, 'read'>,
  ) {}

  @OnBatch(tokenEvents.name, INGEST)
  async onTokenEvents({ records, signal }: RecordBatch): Promise<void> {
    const quarantine = (record: InboundRecord, reason: string, detail: string): Promise<void> => {
      quarantined.inc({ topic: record.topic });
      return toQuarantine(this.producer, record, reason, detail, signal);
    };
    const now = Date.now();
    const placed: (PlacedTokenEvent & { readonly record: InboundRecord })[] = [];
    for (const record of records) {
      const read = readJson(tokenEvents, record);
      if (read.ok) placed.push({ event: { ...read.value, at: near(read.value.at, dated(record.timestamp, now)) }, record });
      else await quarantine(record, 'unreadable', read.detail);
    }
    await isolate(placed, (some) => this.writer.writeTokenRequests(some), ({ record }, detail) => quarantine(record, 'unstorable', detail));
    await this.notices.read(placed.map(({ event }) => event));
    for (const { record } of placed) record.done();
  }
}
