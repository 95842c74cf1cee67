import { Logger } from '@nestjs/common';
import type { KafkaMessage } from 'kafkajs';
import type { Backlog } from './backlog.js';
import { UndecodableBatch } from './fetched-batches.js';
import { KnownLog } from './known-log.js';
import { OffsetTracker } from './offset-tracker.js';
import { PartitionWork } from './partition-work.js';
import type { BatchHandler, RecordParts, Undecodable } from './record-batch.js';
import { TrackedRecord, type RecordOwner } from './tracked-record.js';
import { untilDone } from './until-done.js';

/** A partition that has stopped reading goes on when no more than this part of what may be read ahead is used. */
const ROOM_TO_GO_ON = 7 / 8;
/** A partition that has stopped reading goes on when a commit could record so many records more. */
const SPAN_TO_GO_ON = 500;

/** A partition's requests to the consumer that owns it. */
interface PartitionPorts {
  readonly backlog: Backlog;
  readonly handle: BatchHandler;
  /** The most records that the handler gets at once. */
  readonly maxBatch: number;
  /** The name of the flow of a record. */
  readonly flowOf: (message: KafkaMessage) => string;
  /** Puts a batch away that cannot be decoded. A rejection is followed by another try. */
  readonly putAway: (batch: Undecodable, lost: AbortSignal) => Promise<void>;
  /** Called when a record was finished. */
  readonly onRoom: () => void;
}

/**
 * One assigned partition, until it is lost. A record goes through these states:
 *
 * | state    | is in                       | goes on                                                                         |
 * |----------|-----------------------------|---------------------------------------------------------------------------------|
 * | taken    | its flow, the backlog       | in work, when the handler has returned and its flow has room; gone with the partition |
 * | in work  | the handler, the backlog    | done, or abandoned: left to the next owner                                      |
 * | done     | the tracker alone           | committed                                                                       |
 *
 * A record is not taken if a commit could not record that it is finished, or if the backlog is full. The partition then stops reading, and `oldestMs` grows.
 */
export class Partition implements RecordOwner {
  readonly #tracker: OffsetTracker;
  readonly #lost = new AbortController();
  readonly #logger = new Logger('Kafka');
  readonly #work: PartitionWork;
  /** In the order they were read. */
  readonly #unfinished = new Set<TrackedRecord>();
  /** Records in work whose offsets now belong to other records, since the log was written again. */
  readonly #replaced = new WeakSet<TrackedRecord>();
  #known = new KnownLog();
  #committed: string;
  /** The time since when there has been a record that could be taken, in epoch milliseconds. It is in the future if that record is not due yet. */
  #standsSince: number | null = null;

  constructor(
    /** The contract's name. */
    readonly topic: string,
    /** Kafka's name, with the installation's prefix. */
    readonly kafkaTopic: string,
    readonly id: number,
    committed: { offset: string; metadata: string | null },
    private readonly ports: PartitionPorts,
  ) {
    const { backlog, maxBatch } = ports;
    this.#work = new PartitionWork({ backlog, maxBatch, hasRoomForParts: () => this.#tracker.hasRoomForParts, handle: (batch, signal) => this.#untilHandled(batch, signal) });
    this.#tracker = new OffsetTracker(Math.max(0, Number(committed.offset)), committed.metadata ?? '');
    this.#committed = keyOf(committed);
  }

  /** Whether a record may be taken. */
  hasRoomFor(offset: string): boolean {
    return !this.ports.backlog.fills(1) && this.#tracker.hasRoomFor(Number(offset));
  }

  /** Whether a partition that has stopped reading may go on. There must be room for many records, since records that are fetched and not taken are fetched again. */
  get hasRoom(): boolean {
    return !this.ports.backlog.fills(ROOM_TO_GO_ON) && this.#tracker.hasRoomFor(this.#tracker.position + SPAN_TO_GO_ON);
  }

  /** Records that the handler has and has neither finished nor abandoned. */
  get inWork(): number {
    return this.#work.inWork;
  }

  get unfinished(): number {
    return this.#tracker.unfinished;
  }

  get span(): number {
    return this.#tracker.span;
  }

  /** Milliseconds since the oldest unfinished record was read, or could have been read: the value grows while a partition has stopped reading. */
  get oldestMs(): number {
    const now = Date.now();
    const standsMs = this.#standsSince === null ? 0 : Math.max(0, now - this.#standsSince);
    for (const { takenAt } of this.#unfinished) return Math.max(standsMs, now - takenAt);
    return standsMs;
  }

  /** Whether its next record could be taken, or will be when it is due. */
  get stands(): boolean {
    return this.#standsSince !== null;
  }

  /** Notes that the next record will not be taken before this time, in epoch milliseconds. */
  stand(next: KafkaMessage, until = Date.now()): void {
    this.#standsSince ??= until;
    this.#known.awaits(next);
  }

  /** Takes a record, unless it is finished or in work already. */
  take(message: KafkaMessage): void {
    this.#standsSince = null;
    const offset = Number(message.offset);
    if (this.#known.isRewrittenBy(message, this.#tracker.position)) this.rewind(offset);
    if (!this.#tracker.begin(offset)) return;
    const { backlog, flowOf } = this.ports;
    const record = new TrackedRecord(this, message, backlog.flow(flowOf(message)));
    backlog.read(record.flow, record.bytes);
    this.#unfinished.add(record);
    const fetched: unknown = message;
    if (fetched instanceof UndecodableBatch) {
      this.#work.begin([record]);
      void this.#putAway(record, fetched);
    } else this.#work.add(record);
  }

  /** Notes that the log has no more records to take before this offset. */
  passOver(lastOffset: string): void {
    this.#tracker.passOver(Number(lastOffset) + 1);
  }

  /** Notes that reading goes on at `first`, since the log has no record at our place. Without a record of its own, an owner cannot know what of the log its former owner has finished. */
  restart(first: number): void {
    if (this.#known.isEmpty) this.rewind(first);
  }

  /** The offset behind those that were taken, and what is known of the log before it. */
  get place(): { readonly position: number; readonly known: KnownLog } {
    return { position: this.#tracker.position, known: this.#known };
  }

  /** The log has other records than before, from this offset on. */
  rewind(first: number): void {
    const gone = this.#tracker.position - first;
    if (gone <= 0) return;
    this.#logger.error(`${this.#name}: the records from offset ${first} on are other ones than before. ${gone} records that were read are gone. Was the topic deleted and created again, or did Kafka lose data?`);
    for (const record of this.#unfinished) if (Number(record.offset) >= first) this.#replaced.add(record);
    this.#tracker.rewind(first);
    this.#known = new KnownLog();
  }

  split(record: TrackedRecord, parts: number, list?: number): RecordParts {
    return (this.#replaced.has(record) ? new OffsetTracker() : this.#tracker).split(Number(record.offset), parts, list);
  }

  weigh(record: TrackedRecord, pieces: number): void {
    this.#work.weigh(record, pieces);
  }

  /** The handler is done with a record: finished, or given up and left to the next owner. */
  settle(record: TrackedRecord, finished: boolean): void {
    this.#work.end(record);
    if (!finished || this.#lost.signal.aborted) return;
    this.#unfinished.delete(record);
    if (!this.#replaced.has(record)) this.#tracker.done(Number(record.offset));
    this.ports.onRoom();
  }

  /** The commit, if it differs from the last one. */
  uncommitted(): { offset: string; metadata: string } | null {
    const now = this.#tracker.snapshot();
    return keyOf(now) === this.#committed ? null : now;
  }

  committed(snapshot: { offset: string; metadata: string }): void {
    this.#committed = keyOf(snapshot);
  }

  /** Starts nothing more. Work in progress still counts when it finishes. */
  drain(): void {
    this.#work.drain();
  }

  /** Ends this ownership. Work that finishes later is not committed. */
  lose(): void {
    this.#lost.abort();
    this.drain();
  }

  get #name(): string {
    return `${this.topic}-${this.id}`;
  }

  async #untilHandled(batch: readonly TrackedRecord[], signal: AbortSignal): Promise<void> {
    const { topic, id: partition } = this;
    const lost = this.#lost.signal;
    const unsettled = (): TrackedRecord[] => batch.filter(({ settled }) => !settled);
    const isHandled = await untilDone(signal, this.#name, () => this.ports.handle({ topic, partition, records: unsettled(), signal, lost }));
    if (!isHandled) for (const record of unsettled()) record.abandon();
  }

  async #putAway(record: TrackedRecord, { firstOffset, detail }: UndecodableBatch): Promise<void> {
    const isAway = await untilDone(this.#lost.signal, this.#name, () => this.ports.putAway({ topic: this.topic, record, firstOffset, detail }, this.#lost.signal));
    if (isAway) record.done();
    else record.abandon();
  }
}

const keyOf = ({ offset, metadata }: { offset: string; metadata: string | null }): string => `${offset} ${metadata ?? ''}`;
