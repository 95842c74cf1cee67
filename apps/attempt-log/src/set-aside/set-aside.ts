import { Inject, Injectable } from '@nestjs/common';
import type { InboundRecord } from '@nuncio/kafka';
import { DataSource } from 'typeorm';
import { storedHeaders } from '../failed-records/failed-record-row.js';
import { LogWriter } from '../ingest/log-writer.js';
import { dated } from '../partitions/day.js';

/** A record that only a newer release can read. */
export interface Newer {
  readonly newer: string;
  readonly record: InboundRecord;
}

/** A record that was set aside. `topic` is its name in Kafka. */
export interface SetAsideRecord extends Pick<InboundRecord, 'topic' | 'partition' | 'offset' | 'value' | 'timestamp'> {
  readonly id: string;
  readonly at: Date;
}

interface Row {
  readonly id: string;
  readonly at: Date;
  readonly topic: string;
  readonly origin_partition: number;
  readonly origin_offset: string;
  readonly value: Buffer | null;
}

const AT_ONCE = 500;
const PAGE = `SELECT id, at, topic, origin_partition, origin_offset, value FROM log.failed_records WHERE kind = 'newer' AND (at, id) > ($1, $2) ORDER BY at, id LIMIT ${AT_ONCE}`;
const REMOVE = `DELETE FROM log.failed_records g USING unnest($1::text[], $2::timestamptz[]) AS r (id, at) WHERE g.kind = 'newer' AND g.id = r.id AND g.at = r.at`;

/**
 * Keeps records that only a newer release can read, for as long as the log is kept. They share a table with quarantined records, but are not among
 * them.
 */
@Injectable()
export class SetAside {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(LogWriter) private readonly writer: Pick<LogWriter, 'writeFailedRecords'>,
  ) {}

  async put(records: readonly Newer[]): Promise<void> {
    if (!records.length) return;
    const now = Date.now();
    const rows = records.map(({ newer, record: { topic, partition, offset, key, value, headers, timestamp } }) => ({
      kind: 'newer' as const,
      id: `${topic}-${partition}-${offset}`,
      at: dated(timestamp, now),
      failure: { reason: 'newer', detail: newer, topic, partition, offset },
      key,
      headers: storedHeaders(headers),
      value,
      valueBytes: value?.length ?? null,
      event: null,
      of: null,
    }));
    await this.writer.writeFailedRecords(rows);
  }

  /** All records by time, a page at a time. */
  async *all(): AsyncIterable<SetAsideRecord[]> {
    let after: [at: Date, id: string] = [new Date(0), ''];
    for (;;) {
      const rows = await this.dataSource.query<Row[]>(PAGE, after);
      const last = rows.at(-1);
      if (!last) return;
      after = [last.at, last.id];
      yield rows.map(({ id, at, topic, origin_partition: partition, origin_offset: offset, value }) => ({ id, at, topic, partition, offset, value, timestamp: at.getTime() }));
    }
  }

  async remove(records: readonly SetAsideRecord[]): Promise<void> {
    await this.dataSource.query(REMOVE, [records.map(({ id }) => id), records.map(({ at }) => at)]);
  }
}
