import { Controller, Logger } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { signals, type Signal } from '@nuncio/contracts';
import { OnBatch, readJson, type RecordBatch } from '@nuncio/kafka';
import { callback } from '../callbacks/callback.js';
import { EventStore, nuncio } from '../event-store/index.js';
import { passedOver } from '../passed-over.js';
import { subscription } from '../subscriptions/subscription.js';
import { decideGone, decideBlock } from './decisions.js';

/** The consumer group for signals of dispatchers and the log. */
export const SIGNALS = Symbol('signals');

@Controller()
export class SignalsController {
  readonly #logger = new Logger('Signals');

  constructor(private readonly store: EventStore) {}

  @OnBatch(signals.name, SIGNALS)
  async on(@Payload() batch: RecordBatch): Promise<void> {
    for (const record of batch.records) {
      if (batch.signal.aborted) return;
      const read = readJson(signals, record);
      if (read.is === 'known') await this.#decide(read.value);
      else passedOver(this.#logger, record, read);
      record.done();
    }
  }

  #decide(signal: Signal): Promise<unknown> {
    return this.store.transact(nuncio, async (tx) => {
      if (signal.signal === 'gone' || signal.signal === 'failing') {
        const current = await tx.find(callback, signal.callback);
        return current && tx.append(callback, current, decideGone(current, signal));
      }
      const current = await tx.find(subscription, signal.subscription);
      return current && tx.append(subscription, current, decideBlock(current, signal));
    });
  }
}
