import { Inject, Injectable, Optional } from '@nestjs/common';
import { SPANS, type Spans } from '@nuncio/tracing';
import { Unblock } from '../redelivery/unblock.js';
import { Certificates } from '../health/certificates.js';
import { DeliveryNotices } from '../notices/delivery-notices.js';
import type { PlacedFact } from './attempt-fact.js';
import { LogWriter } from './log-writer.js';

/**
 * Handles a batch of facts: writes rows, makes notices, and releases deliveries that were parked although their
 * subscription is active by now.
 */
@Injectable()
export class FactsIngest {
  constructor(
    @Inject(LogWriter) private readonly writer: Pick<LogWriter, 'writeFacts'>,
    @Inject(DeliveryNotices) private readonly notices: Pick<DeliveryNotices, 'read'>,
    @Inject(Certificates) private readonly certificates: Pick<Certificates, 'read'>,
    @Inject(Unblock) private readonly unblock: Pick<Unblock, 'check'>,
    @Optional() @Inject(SPANS) private readonly spans?: Spans | null,
  ) {}

  async write(facts: PlacedFact[]): Promise<void> {
    await this.writer.writeFacts(facts);
    if (this.spans) written(this.spans, facts);
    const read = facts.map(({ fact }) => fact);
    await Promise.all([this.notices.read(read), this.certificates.read(read)]);
    for (const { fact } of facts) if (fact.fact === 'parked') this.unblock.check(fact.subscription);
  }
}

/** A span from the end of an attempt until its row is written. */
function written(spans: Spans, facts: readonly PlacedFact[]): void {
  const now = Date.now();
  const attributes = { 'messaging.system': 'kafka', 'messaging.operation.type': 'process', 'messaging.destination.name': 'attempts', 'messaging.batch.message_count': facts.length };
  for (const { fact } of facts) if (fact.fact === 'attempted') spans.within(fact.traceparent, 'process attempts', { kind: 'consumer', at: fact.at, attributes })?.end(Math.max(now, fact.at));
}
