import { Controller, Inject } from '@nestjs/common';
import { tokenEvents } from '@nuncio/contracts';
import { BatchProducer, OnBatch, readJson, toQuarantine, type InboundRecord, type RecordBatch } from '@nuncio/kafka';
import { INGEST } from '../ingest/ingest.controller.js';
import { isolate } from '../ingest/isolate.js';
import { SetAside, type Newer } from '../set-aside/set-aside.js';
import { quarantined } from '../metrics.js';
import type { PlacedTokenEvent } from './insert-token-requests.js';
import { TokenEventsIngest } from './token-events-ingest.js';

/** Reads the token-service's facts into the log. There are few: one for each token of a credential, whatever the number of deliveries. */
@Controller()
export class TokenEventsController {
  constructor(
    @Inject(TokenEventsIngest) private readonly ingest: Pick<TokenEventsIngest, 'write'>,
    @Inject(BatchProducer) private readonly producer: Pick<BatchProducer, 'send'>,
    @Inject(SetAside) private readonly setAside: Pick<SetAside, 'put'>,
  ) {}

  @OnBatch(tokenEvents.name, INGEST)
  async onTokenEvents({ records, signal }: RecordBatch): Promise<void> {
    const quarantine = (record: InboundRecord, reason: string, detail: string): Promise<void> => {
      quarantined.inc({ topic: tokenEvents.name });
      return toQuarantine(this.producer, record, reason, detail, signal);
    };
    const placed: (PlacedTokenEvent & { readonly record: InboundRecord })[] = [];
    const newer: Newer[] = [];
    for (const record of records) {
      const read = readJson(tokenEvents, record);
      if (read.is === 'known') placed.push({ event: read.value, record });
      else if (read.is === 'newer') newer.push({ newer: read.detail, record });
      else await quarantine(record, 'unreadable', read.detail);
    }
    await isolate(placed, (some) => this.ingest.write(some), ({ record }, detail) => quarantine(record, 'unstorable', detail));
    await this.setAside.put(newer);
    for (const { record } of [...placed, ...newer]) record.done();
  }
}
