import { Inject, Injectable } from '@nestjs/common';
import { Unblock } from '../bring-back/unblock.js';
import { Certificates } from '../health/certificates.js';
import { DeliveryNotices } from '../notices/delivery-notices.js';
import type { PlacedFact } from './attempt-fact.js';
import { LogWriter } from './log-writer.js';

/** What becomes of facts: rows, notices, and deliveries that go on where they were parked for what is active by now. */
@Injectable()
export class FactsIngest {
  constructor(
    @Inject(LogWriter) private readonly writer: Pick<LogWriter, 'writeFacts'>,
    @Inject(DeliveryNotices) private readonly notices: Pick<DeliveryNotices, 'read'>,
    @Inject(Certificates) private readonly certificates: Pick<Certificates, 'read'>,
    @Inject(Unblock) private readonly unblock: Pick<Unblock, 'check'>,
  ) {}

  async write(facts: PlacedFact[]): Promise<void> {
    await this.writer.writeFacts(facts);
    const read = facts.map(({ fact }) => fact);
    await Promise.all([this.notices.read(read), this.certificates.read(read)]);
    for (const { fact } of facts) if (fact.fact === 'parked') this.unblock.check(fact.subscription);
  }
}
