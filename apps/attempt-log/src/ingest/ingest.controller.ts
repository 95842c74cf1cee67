import { Controller, Inject } from '@nestjs/common';
import { isUnreadable, readEvent } from '@nuncio/contracts';
import { BatchProducer, OnBatch, toQuarantine, type InboundRecord, type RecordBatch } from '@nuncio/kafka';
import { lagSeconds, quarantined, writeSeconds } from '../metrics.js';
import { readAttemptFact, type PlacedFact } from './attempt-fact.js';
import { BatchWriter } from './batch-writer.js';
import type { PlacedEvent } from './insert-events.js';
import { isolate } from './isolate.js';
import { Unblock } from '../replay/unblock.js';
import { LogWriter } from './log-writer.js';

/** The consumer group of the log. */
export const INGEST = Symbol('ingest');
export const GROUP = 'attempt-log';

const LINGER_MS = 20;
const MAX_ROWS = 1_000;
const MAX_BYTES = 8_388_608;
const LANES = 2;

type Placed = { readonly record: InboundRecord };
const sizeOf = ({ record }: Placed): number => record.value?.length ?? 0;

/** Records in, rows out. A record is done once it is committed in PostgreSQL, or lies in quarantine. */
@Controller()
export class IngestController {
  readonly #events: BatchWriter<PlacedEvent>;
  readonly #facts: BatchWriter<PlacedFact>;

  constructor(
    @Inject(LogWriter) writer: LogWriter,
    @Inject(BatchProducer) private readonly producer: BatchProducer,
    @Inject(Unblock) private readonly unblock: Pick<Unblock, 'check'>,
  ) {
    this.#events = this.#batches('events', (events) => writer.writeEvents(events));
    this.#facts = this.#batches('attempts', (facts) => writer.writeFacts(facts));
  }

  @OnBatch('events', INGEST)
  async onEvents({ records }: RecordBatch): Promise<void> {
    const events: PlacedEvent[] = [];
    for (const record of records) {
      const event = readEvent(record.headers, record.value);
      // The dispatcher reads the same record, and puts what cannot be read into quarantine.
      if (!isUnreadable(event)) events.push({ event, record });
    }
    await this.#events.add(events);
    for (const record of records) record.done();
  }

  @OnBatch('attempts', INGEST)
  async onAttempts({ records, signal }: RecordBatch): Promise<void> {
    const facts: PlacedFact[] = [];
    for (const record of records) {
      const read = readAttemptFact(record, Date.now());
      if ('reason' in read) {
        await this.#quarantine(record, read.reason, read.detail, signal);
      } else facts.push(read);
    }
    await this.#facts.add(facts);
    for (const { record } of facts) record.done();
    for (const { fact } of facts) if (fact.fact === 'parked') this.unblock.check(fact.subscription);
  }

  #batches<T extends Placed>(topic: string, write: (items: T[]) => Promise<void>): BatchWriter<T> {
    return new BatchWriter<T>({
      maxItems: MAX_ROWS,
      maxBytes: MAX_BYTES,
      lingerMs: LINGER_MS,
      lanes: LANES,
      sizeOf,
      write: async (items) => {
        const stop = writeSeconds.startTimer({ topic });
        await isolate(items, write, ({ record }, detail) => this.#quarantine(record, 'unstorable', detail));
        stop();
        lagSeconds.observe({ topic }, (Date.now() - Math.min(...items.map(({ record }) => record.timestamp))) / 1_000);
      },
    });
  }

  #quarantine(record: InboundRecord, reason: string, detail: string, signal?: AbortSignal): Promise<void> {
    quarantined.inc({ topic: record.topic });
    return toQuarantine(this.producer, record, reason, detail, signal);
  }
}
