import type { KafkaMessage } from 'kafkajs';
import type { Flow } from './backlog.js';
import { FetchedRecord, type RawHeader } from './fetched-record.js';
import type { InboundRecord, RecordParts } from './record-batch.js';

/** The last moment that JavaScript can tell. */
const LATEST_MS = 8_640_000_000_000_000;

/** Whose records they are. */
export interface RecordOwner {
  readonly kafkaTopic: string;
  readonly id: number;
  /** `pieces`: of work that the record turned out to be; minus one for each that is finished. */
  weigh(record: TrackedRecord, pieces: number): void;
  split(record: TrackedRecord, parts: number, list?: number): RecordParts;
  settle(record: TrackedRecord, finished: boolean): void;
}

/** A record in bytes of its own, what it is made of read off when a handler asks. */
export class TrackedRecord implements InboundRecord {
  readonly offset: string;
  readonly timestamp: number;
  readonly takenAt = Date.now();
  /** The bytes of its key, value and headers. */
  readonly bytes: number;
  readonly #of: RecordOwner;
  readonly #from: KafkaMessage | FetchedRecord;
  #headers: InboundRecord['headers'] | undefined;
  #value: Buffer | null | undefined;
  #parts: RecordParts | undefined;
  /** Pieces of work that are left of it. */
  pieces = 1;
  settled = false;

  constructor(of: RecordOwner, message: KafkaMessage, readonly flow: Flow) {
    this.#of = of;
    this.offset = message.offset;
    this.timestamp = Math.min(Math.max(0, Number(message.timestamp)), LATEST_MS);
    const fetched: unknown = message;
    this.#from = fetched instanceof FetchedRecord ? fetched.owned() : message;
    this.bytes = this.#from.size ?? message.value?.length ?? 0;
  }

  get topic(): string {
    return this.#of.kafkaTopic;
  }

  get partition(): number {
    return this.#of.id;
  }

  get key(): Buffer | null {
    return this.#from.key;
  }

  get value(): Buffer | null {
    return (this.#value ??= this.#from.value);
  }

  get headers(): InboundRecord['headers'] {
    return (this.#headers ??= this.#from.headers ?? {});
  }

  get rawHeaders(): RawHeader[] | undefined {
    return this.#from instanceof FetchedRecord ? this.#from.rawHeaders : undefined;
  }

  split(parts: number, list?: number): RecordParts {
    if (this.#parts) return this.#parts;
    const tracked = this.#of.split(this, parts, list);
    let left = 0;
    for (let part = 0; part < parts; part++) if (!tracked.isDone(part)) left++;
    this.#weigh(left - 1);
    this.#parts = {
      isDone: (part) => tracked.isDone(part),
      done: (part) => {
        if (tracked.isDone(part)) return;
        tracked.done(part);
        this.#weigh(-1);
      },
    };
    return this.#parts;
  }

  done(): void {
    this.#settle(true);
  }

  abandon(): void {
    this.#settle(false);
  }

  #weigh(by: number): void {
    if (this.settled) return;
    this.pieces += by;
    this.#of.weigh(this, by);
  }

  #settle(finished: boolean): void {
    if (this.settled) return;
    this.settled = true;
    this.#of.settle(this, finished);
  }
}
