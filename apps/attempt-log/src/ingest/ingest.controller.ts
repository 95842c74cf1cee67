import { Controller, Inject } from '@nestjs/common';
import { isUnreadable, readEvent } from '@nuncio/contracts';
import { BatchProducer, batchToQuarantine, OnBatch, passOver, toQuarantine, type InboundRecord, type RecordBatch, type Undecodable } from '@nuncio/kafka';
import { lagSeconds, quarantined, writeSeconds } from '../metrics.js';
import { SetAside, type Newer } from '../set-aside/set-aside.js';
import { readAttemptFact, type PlacedFact, type Unreadable } from './attempt-fact.js';
import { BatchWriter } from './batch-writer.js';
import { FactsIngest } from './facts-ingest.js';
import type { PlacedEvent } from './insert-events.js';
import { isolate } from './isolate.js';
import { LogWriter } from './log-writer.js';

/** The consumer group of the log. */
export const INGEST = Symbol('ingest');
export const GROUP = 'attempt-log';

const LINGER_MS = 20;
const MAX_ROWS = 1_000;
const MAX_BYTES = 8_388_608;
const LANES = 3;

type Placed = { readonly record: InboundRecord };

/** How records of a topic become rows. */
interface Ingest<T extends Placed> {
  readonly topic: string;
  /** null = the record gives no row, and needs no report. */
  readonly read: (record: InboundRecord) => T | Unreadable | Newer | null;
  readonly write: (rows: T[]) => Promise<void>;
}

/**
 * Writes records into the log. A record is done once its rows are committed, or it is in quarantine. Records wait for their batch undecoded, since
 * decoded ones are several times as large.
 */
@Controller()
export class IngestController {
  readonly #events: BatchWriter<InboundRecord>;
  readonly #facts: BatchWriter<InboundRecord>;

  constructor(
    @Inject(LogWriter) writer: LogWriter,
    @Inject(BatchProducer) private readonly producer: BatchProducer,
    @Inject(FactsIngest) facts: Pick<FactsIngest, 'write'>,
    @Inject(SetAside) private readonly setAside: Pick<SetAside, 'put'>,
  ) {
    this.#events = this.#batches<PlacedEvent>({
      topic: 'events',
      read: (record) => {
        const event = readEvent(record.headers, record.value);
        // The dispatcher reads the same record, and quarantines it if it is unreadable.
        return isUnreadable(event) ? null : { event, record };
      },
      write: (events) => writer.writeEvents(events),
    });
    this.#facts = this.#batches<PlacedFact & Placed>({
      topic: 'attempts',
      read: (record) => readAttemptFact(record, Date.now()),
      write: (some) => facts.write(some),
    });
  }

  @OnBatch('events', INGEST)
  async onEvents({ records }: RecordBatch): Promise<void> {
    await this.#events.add(records);
    for (const record of records) record.done();
  }

  @OnBatch('attempts', INGEST)
  async onAttempts({ records }: RecordBatch): Promise<void> {
    await this.#facts.add(records);
    for (const record of records) record.done();
  }

  /** Quarantines a batch that cannot be decoded. One of `events` is left to the dispatcher, which reads that topic too. */
  putAway(batch: Undecodable, lost: AbortSignal): Promise<void> {
    if (batch.topic === 'events') return passOver(batch);
    quarantined.inc({ topic: batch.topic });
    return batchToQuarantine(this.producer, batch, lost);
  }

  #batches<T extends Placed>({ topic, read, write }: Ingest<T>): BatchWriter<InboundRecord> {
    return new BatchWriter<InboundRecord>({
      maxItems: MAX_ROWS,
      maxBytes: MAX_BYTES,
      lingerMs: LINGER_MS,
      lanes: LANES,
      sizeOf: (record) => record.value?.length ?? 0,
      write: async (records) => {
        const stop = writeSeconds.startTimer({ topic });
        const rows: T[] = [];
        const newer: Newer[] = [];
        const unreadable: Promise<void>[] = [];
        for (const record of records) {
          const row = read(record);
          if (row && 'reason' in row) unreadable.push(this.#quarantine(topic, record, row.reason, row.detail));
          else if (row && 'newer' in row) newer.push(row);
          else if (row) rows.push(row);
        }
        // Before the rows, which may have to be written again: a record that is in quarantine is not put there twice.
        await Promise.all([...unreadable, this.setAside.put(newer)]);
        await isolate(rows, write, ({ record }, detail) => this.#quarantine(topic, record, 'unstorable', detail));
        stop();
        lagSeconds.observe({ topic }, (Date.now() - Math.min(...records.map(({ timestamp }) => timestamp))) / 1_000);
      },
    });
  }

  #quarantine(topic: string, record: InboundRecord, reason: string, detail: string): Promise<void> {
    quarantined.inc({ topic });
    return toQuarantine(this.producer, record, reason, detail);
  }
}
