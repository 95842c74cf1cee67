import { Inject, Injectable, type PipeTransform } from '@nestjs/common';
import { Fault, type Principal } from '@nuncio/contracts';
import { BatchProducer, ConfigView, type KafkaSettings } from '@nuncio/kafka';
import { DataSource, type EntityManager } from 'typeorm';
import { z } from 'zod';
import { KAFKA_SETTINGS } from '../lag/kafka-watch.js';
import { republished } from '../metrics.js';
import { before, conditions, equals, meaning, notBefore, refersTo, type Filter, type Filters, type Given, type Paging } from '../query/filters/filter.js';
import { isOne, leading, type Leads } from '../query/filters/lead.js';
import { searchPage } from '../query/search.js';
import { notFound, type Page } from '../query/select.js';
import type { FailedRecordKind } from './failed-record-row.js';
import { mended, republishable, type Mend } from './mended.js';
import { FAILED_RECORD_COLUMNS, type StoredRecord, type WholeStoredRecord } from './stored-record.js';
import type { Bind } from '../query/statement.js';

const isRepublished: Filter<'true' | 'false'> = {
  schema: z.enum(['true', 'false']).describe('`true`: records that were published again; `false`: the others'),
  where: (value) => (value === 'true' ? 'e.republished_at IS NOT NULL' : 'e.republished_at IS NULL'),
};

const ofRecord = { reason: meaning('Why the record was put there', equals('e.reason')), eventType: equals('e.event_type'), event: equals('e.event_id'), republished: isRepublished, since: notBefore('e.at'), until: before('e.at') };

/**
 * GET /v1/quarantine. `topic` is the record's original topic, by its name in Kafka. Times are when the record was quarantined.
 */
export const quarantineFilters = { ...ofRecord, topic: equals('e.topic') };
/** GET /v1/dead-letters. */
export const deadLetterFilters = {
  ...ofRecord,
  tenant: refersTo('e.tenant', 'tenant'),
  application: refersTo('e.application', 'application'),
  callback: refersTo('e.callback', 'callback'),
  subscription: refersTo('e.subscription', 'subscription'),
  delivery: equals('e.delivery'),
};

/** Only dead letters have these columns; else the index by kind leads. */
const LEADS: Leads = { by: ['callback', 'tenant'] };

const NAMES: Readonly<Record<FailedRecordKind, string>> = { quarantine: 'record in quarantine', 'dead-letter': 'dead letter' };

/** A pipe for `:id`: partition and offset. Anything else answers 404. */
export const failedRecordId = (kind: FailedRecordKind): PipeTransform<string, string> => ({
  transform: (id) => {
    if (!/^\d{1,10}-\d{1,19}$/.test(id)) throw notFound(NAMES[kind]);
    return id;
  },
});

/** A dead letter's bytes are its event's. If the topic was made anew, an id may occur twice; the later record is meant. */
const WHOLE = `SELECT ${FAILED_RECORD_COLUMNS}, e.key, e.headers,
  CASE WHEN e.kind = 'quarantine' THEN e.value ELSE (SELECT v.payload FROM log.events v WHERE v.id = e.event_id AND v.event_at = e.event_at) END AS value
  FROM log.failed_records e WHERE e.kind = $1 AND e.id = $2 ORDER BY e.at DESC LIMIT 1`;

/** Quarantined records and dead letters, and their way back. */
@Injectable()
export class FailedRecords {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(BatchProducer) private readonly producer: Pick<BatchProducer, 'send'>,
    @Inject(ConfigView) private readonly view: Pick<ConfigView, 'get'>,
    @Inject(KAFKA_SETTINGS) private readonly kafka: Pick<KafkaSettings, 'topicPrefix'>,
  ) {}

  list<F extends Filters>(kind: FailedRecordKind, filters: F, { limit, cursor, ...given }: Paging & Given<F>): Promise<Page<StoredRecord>> {
    const query = given as unknown as Given<F>;
    const where = (bind: Bind): string[] => [`e.kind = ${bind(kind)}`, ...conditions(filters, query, bind)];
    const isLed = LEADS.by.some((name) => isOne(query[name]));
    const lead = (bind: Bind): string[] => [...(isLed ? [] : [`e.kind = ${bind(kind)}`]), ...leading(LEADS, filters, query, bind)];
    return searchPage<StoredRecord>(this.dataSource, { select: FAILED_RECORD_COLUMNS, from: () => 'log.failed_records e', at: 'at', lead, where }, { limit, cursor });
  }

  /** Throws Fault `not-found`. */
  async find(kind: FailedRecordKind, id: string, within: DataSource | EntityManager = this.dataSource): Promise<WholeStoredRecord> {
    const [row] = await within.query<WholeStoredRecord[]>(WHOLE, [kind, id]);
    if (!row) throw notFound(NAMES[kind]);
    return row;
  }

  /** The topic that a record can be published to again, or a sentence that says why it cannot. */
  wayOf(stored: WholeStoredRecord): { to: string | null; refusal: string | null } {
    const way = republishable(stored, this.kafka.topicPrefix);
    return typeof way === 'string' ? { to: null, refusal: way } : { to: `${this.kafka.topicPrefix}.${way.to.name}`, refusal: null };
  }

  /** Publishes a quarantined record again, once. Kafka comes first: after a crash in between it may be published once more. */
  republish(id: string, mend: Mend, caller: Principal): Promise<WholeStoredRecord> {
    return this.dataSource.transaction(async (tx) => {
      await tx.query(`SELECT 1 FROM log.failed_records WHERE kind = 'quarantine' AND id = $1 FOR UPDATE`, [id]);
      const stored = await this.find('quarantine', id, tx);
      const prefix = this.kafka.topicPrefix;
      const { to, record } = mended(stored, mend, { prefix, typeOf: (name) => this.view.get('event-type', name)?.state, now: Date.now() });
      await this.producer.send(to, record);
      await this.mark(stored, caller, tx);
      return this.find('quarantine', id, tx);
    });
  }

  /** Marks the row as sent again. */
  async mark({ kind, id, at }: Pick<StoredRecord, 'kind' | 'id' | 'at'>, caller: Principal, within: DataSource | EntityManager = this.dataSource): Promise<void> {
    await within.query('UPDATE log.failed_records SET republished_at = $4, republished_by = $5 WHERE kind = $1 AND id = $2 AND at = $3', [kind, id, at, new Date(), caller.id]);
    republished.inc({ of: kind });
  }
}

/** The fault for a dead letter whose delivery is unknown. */
export const ofNoDelivery = (): Fault => new Fault('illegal-move', 'The record does not say which delivery it is of.');
