import type { OutboundRecord } from './outbound-record.js';

/** A record that is to be written, and who waits for it. */
export interface Waiting {
  readonly topic: string;
  readonly message: { key: string | Buffer | null; value: Buffer | string | null; headers?: OutboundRecord['headers'] };
  readonly bytes: number;
  readonly signal: AbortSignal | undefined;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** The room that is left in a request. */
export interface Room {
  records: number;
  bytes: number;
}

/** The records that wait for one partition, in the order in which they came. */
export class PartitionQueue {
  #waiting: Waiting[] = [];
  /** The broker refuses one of the first records: each travels by itself until it is known which. */
  #singly = 0;
  /** Since the last one that was written. */
  failures = 0;
  /** Something of it is under way, or it waits to be tried again. */
  isAway = false;

  constructor(
    readonly topic: string,
    readonly partition: number,
  ) {}

  get length(): number {
    return this.#waiting.length;
  }

  get travelsAlone(): boolean {
    return this.#singly > 0;
  }

  push(one: Waiting): void {
    this.#waiting.push(one);
  }

  /** The first ones, up to `mostBytes` together, as long as there is room. What they take is taken off it. A record larger than that goes all the same: the broker judges. */
  take(room: Room, mostBytes: number): Waiting[] {
    this.dismiss();
    let left = mostBytes;
    const most = this.travelsAlone ? 1 : this.#waiting.length;
    let count = 0;
    for (const { bytes } of this.#waiting) {
      if (count === most || room.records === 0 || room.bytes <= 0 || (bytes > left && count > 0)) break;
      room.records -= 1;
      room.bytes -= bytes;
      left -= bytes;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  takeAll(): Waiting[] {
    this.#singly = 0;
    return this.#waiting.splice(0);
  }

  /** The broker has taken or refused these: the partition can be written. */
  settled(count: number): void {
    this.failures = 0;
    this.#singly = Math.max(0, this.#singly - count);
  }

  /** They come first again. */
  putBack(batch: readonly Waiting[]): void {
    this.#waiting = [...batch, ...this.#waiting];
  }

  putBackSingly(batch: readonly Waiting[]): void {
    this.putBack(batch);
    this.#singly = batch.length;
  }

  /** Rejects what has been given up since it was handed over. */
  dismiss(): void {
    if (!this.#waiting.some(({ signal }) => signal?.aborted)) return;
    this.#waiting = this.#waiting.filter(({ signal, reject }) => {
      if (signal?.aborted) reject(signal.reason);
      return !signal?.aborted;
    });
  }
}
