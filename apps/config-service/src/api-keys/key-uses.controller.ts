import { Controller, Logger } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { pulse } from '@nuncio/contracts';
import { OnBatch, readJson, type RecordBatch } from '@nuncio/kafka';
import { passedOver } from '../passed-over.js';
import { SIGNALS } from '../signals/signals.controller.js';
import { KeyUses } from './key-uses.js';

/** Stores when services last saw each API key. */
@Controller()
export class KeyUsesController {
  readonly #logger = new Logger('KeyUses');

  constructor(private readonly uses: KeyUses) {}

  @OnBatch(pulse.name, SIGNALS)
  async on(@Payload() { records }: RecordBatch): Promise<void> {
    const uses = new Map<string, number>();
    for (const record of records) {
      const read = readJson(pulse, record);
      if (read.is !== 'known') passedOver(this.#logger, record, read);
      else for (const key of read.value.keysUsed ?? []) uses.set(key, record.timestamp);
    }
    await this.uses.keep(uses);
    for (const record of records) record.done();
  }
}
