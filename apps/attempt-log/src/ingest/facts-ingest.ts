import { Inject, Injectable } from '@nestjs/common';
import { Unblock } from '../bring-back/unblock.js';
import { DeliveryNotices } from '../notices/delivery-notices.js';
import type { PlacedFact } from './attempt-fact.js';
import { LogWriter } from './log-writer.js';

/** What becomes of facts: rows, notices, and deliveries that go on where they were parked for what is active by now. */
@Injectable()
export class FactsIngest {
  constructor(
    @Inject(LogWriter) private readonly writer: Pick<LogWriter, 'writeFacts'>,
    @Inject(DeliveryNotices) private readonly notices: Pick<DeliveryNotices, 'read'>,
    @Inject(Unblock) private readonly unblock: Pick<Unblock, 'check'>,
  ) {}

  async write(facts: PlacedFact[]): Promise<void> {
    await this.writer.writeFacts(facts);
    await this.notices.read(facts.map(({ fact }) => fact));
    for (const { fact } of facts) if (fact.fact === 'parked') this.unblock.check(fact.subscription);
  }
}
