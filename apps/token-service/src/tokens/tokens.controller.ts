import { Controller, Inject, Logger } from '@nestjs/common';
import { tokenRequests, type TokenRequest } from '@nuncio/contracts';
import { BatchProducer, OnBatch, putAway, readJson, type InboundRecord, type RecordBatch } from '@nuncio/kafka';
import { requestsTotal } from '../metrics.js';
import { merge } from './ask.js';
import { SingleFlight } from './single-flight.js';
import { TokensService } from './tokens.service.js';

/** The consumer group that owns credentials: only the owner of a credential's partition fetches its tokens. */
export const TOKEN_REQUESTS = Symbol('token.requests');

interface Asked {
  readonly request: TokenRequest;
  readonly record: InboundRecord;
  readonly signal: AbortSignal;
}

@Controller()
export class TokensController {
  readonly #logger = new Logger('Tokens');
  readonly #flights = new SingleFlight<Asked>((asked) => this.#answer(asked));

  constructor(
    private readonly tokens: TokensService,
    @Inject(BatchProducer) private readonly producer: Pick<BatchProducer, 'send' | 'brokerNow'>,
  ) {}

  /** Returns before the requests are answered, so that a slow authorization server delays its own credential only. */
  @OnBatch(tokenRequests.name, TOKEN_REQUESTS)
  take(batch: RecordBatch): Promise<void> {
    const { records, signal } = batch;
    for (const record of records) {
      const read = readJson(tokenRequests, record);
      if (read.is === 'known') this.#flights.board(read.value.credential, { request: { ...read.value, at: this.#sentAt(record) }, record, signal });
      else if (read.is === 'newer') record.done();
      else void putAway(this.producer, record, 'unreadable', read.detail, batch);
    }
    return Promise.resolve();
  }

  /** By this process's clock. The broker's stamp tells how long a request has waited; the clock of the asker may be any. */
  #sentAt({ timestamp }: InboundRecord): number {
    return Date.now() - (this.producer.brokerNow - timestamp);
  }

  async #answer(asked: readonly Asked[]): Promise<void> {
    const [first, ...others] = asked.filter(({ signal, record }) => {
      if (signal.aborted) record.abandon();
      return !signal.aborted;
    });
    if (!first) return;
    const ask = merge([first.request, ...others.map(({ request }) => request)]);
    try {
      requestsTotal.inc({ reason: ask.reason, verdict: await this.tokens.answer(ask) });
    } catch (error) {
      // Trying again would fail again. Whoever needs the token asks again.
      this.#logger.error(`credential ${ask.credential}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
    for (const { record } of [first, ...others]) record.done();
  }
}
