import { Inject, Injectable } from '@nestjs/common';
import { LogWriter } from '../ingest/log-writer.js';
import { TokenNotices } from '../notices/token-notices.js';
import { dated, near } from '../partitions/day.js';
import type { InboundRecord } from '@nuncio/kafka';
import type { PlacedTokenEvent } from './insert-token-requests.js';

type Placed = PlacedTokenEvent & { readonly record: Pick<InboundRecord, 'timestamp'> };

/** Handles a batch of the token-service's facts: writes rows, makes notices. */
@Injectable()
export class TokenEventsIngest {
  constructor(
    @Inject(LogWriter) private readonly writer: Pick<LogWriter, 'writeTokenRequests'>,
    @Inject(TokenNotices) private readonly notices: Pick<TokenNotices, 'read'>,
  ) {}

  async write(placed: readonly Placed[]): Promise<void> {
    const now = Date.now();
    const events = placed.map(({ event, record }) => ({ event: { ...event, at: near(event.at, dated(record.timestamp, now)) }, record }));
    await this.writer.writeTokenRequests(events);
    await this.notices.read(events.map(({ event }) => event));
  }
}
