import { isDeliveryFact, type AttemptFact, type DeliveryFact, type Dropped } from '@nuncio/contracts';
import type { DataSource } from 'typeorm';
import { dated, dayOf } from '../partitions/day.js';
import type { PartitionedTable, Partitions } from '../partitions/partitions.js';
import { rowsDropped, rowsWritten } from '../metrics.js';
import { isAttempted, type PlacedFact } from './attempt-fact.js';
import { fold, type DeliveryRow } from './delivery-row.js';
import { attemptColumns, freshAttempts, INSERT_ATTEMPTS } from './insert-attempts.js';
import { eventKeyColumns, INSERT_EVENT_KEYS, type EventKey } from './insert-event-keys.js';
import { eventColumns, INSERT_EVENTS, type PlacedEvent } from './insert-events.js';
import { factColumns, INSERT_FACTS, timelineFactOf, type TimelineFact } from './insert-facts.js';
import { INSERT_UNMATCHED, unmatchedColumns } from './insert-unmatched.js';
import type { FailedRecordRow } from '../failed-records/failed-record-row.js';
import { failedRecordColumns, INSERT_FAILED_RECORDS } from '../failed-records/insert-failed-records.js';
import { INSERT_TOKEN_REQUESTS, tokenRequestColumns, type PlacedTokenEvent } from '../token-requests/insert-token-requests.js';
import { keysOf, unmatchedKey } from '../query/events/event-key.js';
import { unnestValues, type Column } from './unnest.js';
import { redelivered, redeliveredColumns, UPSERT_REDELIVERED } from './upsert-redelivered.js';
import type { FreshRows } from './fresh-rows.js';
import { deliveryColumns, freshDeliveries, isFresh, UPSERT_DELIVERIES } from './upsert-deliveries.js';

type Unmatched = Extract<AttemptFact, { fact: 'unmatched' }>;

/**
 * Writes with one statement per table, without a transaction around them. Each statement is idempotent, so that a batch may be written
 * again as a whole.
 */
export class LogWriter {
  readonly #attempts = { rows: freshAttempts(), isFresh: () => true };
  readonly #deliveries = { rows: freshDeliveries(), isFresh };

  constructor(
    private readonly dataSource: DataSource,
    private readonly partitions: Partitions,
  ) {}

  async writeEvents(events: PlacedEvent[]): Promise<void> {
    const now = Date.now();
    const rows = events.map(({ event, record }) => ({ event, record, at: dated(record.timestamp, now) }));
    await this.#insert(['events'], INSERT_EVENTS, eventColumns, rows, ({ at }) => at);
    await this.#writeKeys(rows.flatMap(({ event, at }) => keysOf(event.attributes).map((key) => ({ key, eventAt: at, event: event.id }))));
  }

  async writeFacts(facts: PlacedFact[]): Promise<void> {
    const unmatched = facts.map(({ fact }) => fact).filter((fact): fact is Unmatched => fact.fact === 'unmatched');
    const ofDeliveries = facts.filter((placed): placed is PlacedFact<DeliveryFact> => isDeliveryFact(placed.fact));
    const dropped = facts.map(({ fact }) => fact).filter((fact): fact is Dropped => fact.fact === 'dropped');
    const told = [...ofDeliveries.map(({ fact }) => fact), ...dropped];
    // Attempts come first: whoever sees that a delivery has a result also finds its attempts.
    await this.#insert(['attempts', 'attempts_by_minute'], INSERT_ATTEMPTS, attemptColumns, facts.filter(isAttempted), ({ fact }) => fact.startedAt, { first: this.#attempts });
    const written = await Promise.allSettled([
      this.#insert(['deliveries', 'deliveries_by_minute'], UPSERT_DELIVERIES, deliveryColumns, fold(ofDeliveries.map(({ fact }) => fact)), ({ of }) => of.eventAt, { mustBeKept: isParked, first: this.#deliveries }),
      this.#insert(['facts'], INSERT_FACTS, factColumns, told.flatMap((fact) => (fact.fact === 'attempted' ? [] : [timelineFactOf(fact)])), ({ eventAt }) => eventAt),
      this.#insert(['redelivered'], UPSERT_REDELIVERED, redeliveredColumns, redelivered(told), ({ eventAt }) => eventAt),
      this.#insert(['unmatched'], INSERT_UNMATCHED, unmatchedColumns, unmatched, ({ eventAt }) => eventAt),
      this.#writeKeys(unmatched.flatMap(({ tenants = [], eventAt, event }) => tenants.map((tenant) => ({ key: unmatchedKey(tenant), eventAt, event })))),
    ]);
    for (const result of written) if (result.status === 'rejected') throw result.reason;
  }

  async writeTokenRequests(events: PlacedTokenEvent[]): Promise<void> {
    await this.#insert(['token_requests'], INSERT_TOKEN_REQUESTS, tokenRequestColumns, events, ({ event }) => event.at);
  }

  async writeFailedRecords(records: FailedRecordRow[]): Promise<void> {
    await this.#insert(['failed_records'], INSERT_FAILED_RECORDS, failedRecordColumns, records, ({ at }) => at);
  }

  async #writeKeys(keys: EventKey[]): Promise<void> {
    await this.#insert(['event_keys'], INSERT_EVENT_KEYS, eventKeyColumns, keys, ({ eventAt }) => eventAt);
  }

  /** Writes what the log itself did with deliveries. */
  async writeTimeline(facts: TimelineFact[]): Promise<void> {
    await this.#insert(['facts'], INSERT_FACTS, factColumns, facts, ({ eventAt }) => eventAt);
  }

  /** Rows that retention would have dropped by now are counted and not written, except for those that `mustBeKept`. */
  async #insert<T>(
    tables: [PartitionedTable, ...PartitionedTable[]],
    statement: string,
    columns: readonly Column<T>[],
    all: T[],
    timeOf: (row: T) => number,
    { mustBeKept = () => false, first }: Insertion<T> = {},
  ): Promise<void> {
    const now = Date.now();
    const rows = all.filter((row) => this.partitions.covers(timeOf(row), now) || mustBeKept(row));
    if (rows.length < all.length) rowsDropped.inc({ table: tables[0] }, all.length - rows.length);
    if (!rows.length) return;
    const days = new Set(rows.map((row) => dayOf(timeOf(row))));
    for (const table of tables) await this.partitions.ensure(table, days, now);
    const fresh = first ? rows.filter((row) => first.isFresh(row)) : [];
    const others = first && (await first.rows.write(this.dataSource, fresh)) ? rows.filter((row) => !first.isFresh(row)) : rows;
    if (others.length) await this.partitions.checking(() => this.dataSource.query(statement, unnestValues(columns, others)));
    rowsWritten.inc({ table: tables[0] }, rows.length);
  }
}

interface Insertion<T> {
  readonly mustBeKept?: (row: T) => boolean;
  /** Rows that are probably new are written by COPY first. */
  readonly first?: { readonly rows: FreshRows<T>; readonly isFresh: (row: T) => boolean };
}

/** A parked delivery must be there until it is expired, however old its event is. */
const isParked = ({ standing: { status, parkedPosition } }: DeliveryRow): boolean => status === 'parked' || parkedPosition !== null;
