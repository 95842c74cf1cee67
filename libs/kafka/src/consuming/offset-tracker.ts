import { readMetadata, writeMetadata } from './commit-metadata.js';
import type { RecordParts } from './record-batch.js';

/** An offset in work may be at most this far above the watermark: 3,000 of the 4,096 characters of a commit's metadata. */
export const MAX_SPAN = 18_000;
/** The bytes of a commit that are left for partly finished records. */
const MAX_PARTS_BYTES = 800;
/** The size of an entry without its bitmap. */
const ENTRY_BYTES = 5;

/**
 * The finished offsets of one partition, when records finish in any order. Pure: no clock, no Kafka.
 *
 * The state of an offset is told by the position, which is the next offset to read, and by what holds the offset:
 *
 * | state     | offset is at     | held by                      | `begin` →       | `done` →  | a commit says                            |
 * |-----------|------------------|------------------------------|-----------------|-----------|------------------------------------------|
 * | unread    | position or more | nothing, or `inheritedParts` | in work, true   | –         | not finished, but which of its parts are |
 * | inherited | position or more | `inherited`                  | finished, false | –         | finished, as the former owner had it     |
 * | in work   | less             | `inWork`                     | –, false        | finished  | not finished, but which of its parts are |
 * | finished  | less             | nothing                      | –, false        | –         | finished                                 |
 *
 * The watermark is the lowest offset that is unread or in work. Room is counted from the lowest offset in work: without one, the watermark's record can be
 * taken, whatever was inherited above it.
 */
export class OffsetTracker {
  readonly #inWork = new Map<number, Parts | null>();
  readonly #inherited: Set<number>;
  readonly #inheritedParts: Map<number, Uint8Array>;
  #inheritedEnd: number;
  #position: number;
  #partsBytes = 0;

  /** Starts from what the former owner committed. */
  constructor(committed = 0, metadata = '') {
    const { finished, parts } = readMetadata(committed, metadata);
    this.#position = committed;
    this.#inherited = new Set(finished);
    this.#inheritedParts = new Map(parts);
    this.#inheritedEnd = Math.max(committed, ...finished) + 1;
  }

  /** The next offset to read. */
  get position(): number {
    return this.#position;
  }

  /** The lowest offset that is not finished: where a new owner starts. */
  get watermark(): number {
    for (const offset of this.#inWork.keys()) return offset;
    let offset = this.#position;
    while (this.#inherited.has(offset)) offset++;
    return offset;
  }

  get unfinished(): number {
    return this.#inWork.size;
  }

  /** How far the position is above the watermark. */
  get span(): number {
    return Math.max(0, this.#position - this.watermark);
  }

  /** Whether a commit could also record that this offset is finished. */
  hasRoomFor(offset: number): boolean {
    for (const lowest of this.#inWork.keys()) return offset - lowest < MAX_SPAN;
    return true;
  }

  /** Whether a commit has room for the parts of more records. Half is left for those that are split before this is called again. */
  get hasRoomForParts(): boolean {
    return this.#partsBytes < MAX_PARTS_BYTES / 2;
  }

  /**
   * Takes an offset into work. False = it is finished or in work already, and must be left alone. Skipped offsets (compacted, aborted, transaction markers)
   * count as finished.
   */
  begin(offset: number): boolean {
    if (offset < this.#position) return false;
    this.#position = offset + 1;
    if (this.#inherited.delete(offset)) return false;
    this.#inWork.set(offset, null);
    return true;
  }

  /** Moves the position to this offset, since there are no more records before it. */
  passOver(end: number): void {
    this.#position = Math.max(this.#position, end);
  }

  /** The log was rewritten from this offset on: what is known of these offsets belongs to other records. */
  rewind(offset: number): void {
    for (const [later, parts] of this.#inWork) {
      if (later < offset) continue;
      this.#partsBytes -= parts?.bytes ?? 0;
      this.#inWork.delete(later);
    }
    this.#inherited.clear();
    for (const later of this.#inheritedParts.keys()) if (later >= offset) this.#inheritedParts.delete(later);
    this.#inheritedEnd = this.#position = offset;
  }

  /** Splits an offset in work into parts. It is split once: later calls give the same parts. `list`: see `InboundRecord.split`. */
  split(offset: number, count: number, list?: number): RecordParts {
    const split = this.#inWork.get(offset);
    if (split) return split;
    const parts = new Parts(count, list, this.#inheritedParts.get(offset));
    if (!this.#inWork.has(offset)) return parts;
    this.#inWork.set(offset, parts);
    this.#partsBytes += parts.bytes;
    return parts;
  }

  /** Marks an offset as finished. Repeated calls change nothing. */
  done(offset: number): void {
    this.#partsBytes -= this.#inWork.get(offset)?.bytes ?? 0;
    this.#inWork.delete(offset);
    this.#inheritedParts.delete(offset);
  }

  /** The offset to commit, with its metadata. */
  snapshot(): { offset: string; metadata: string } {
    const watermark = this.watermark;
    return { offset: String(watermark), metadata: writeMetadata(watermark, this.#bitmap(watermark), this.#partly()) };
  }

  /** Bit n: whether offset watermark + 1 + n is finished. */
  #bitmap(watermark: number): Uint8Array {
    const first = watermark + 1;
    const read = Math.max(0, this.#position - first);
    const bits = new Uint8Array(Math.ceil(Math.max(read, this.#inheritedEnd - first, 0) / 8));
    bits.fill(255, 0, read >> 3);
    for (let n = read & ~7; n < read; n++) set(bits, n);
    for (const offset of this.#inWork.keys()) if (offset > watermark) clear(bits, offset - first);
    for (const offset of this.#inherited) if (offset > watermark) set(bits, offset - first);
    return bits;
  }

  *#partly(): Generator<readonly [number, Uint8Array]> {
    for (const [offset, parts] of this.#inWork) {
      const bits = parts?.bits ?? this.#inheritedParts.get(offset);
      if (bits) yield [offset, bits];
    }
    for (const [offset, bits] of this.#inheritedParts) if (offset >= this.#position) yield [offset, bits];
  }
}

/** A list that each owner computes anew takes the first 16 bits of an entry, from the first finished part on. */
const LIST_BITS = 16;

class Parts implements RecordParts {
  readonly bits: Uint8Array;
  readonly #first: number;

  constructor(
    count: number,
    private readonly list: number | undefined,
    inherited: Uint8Array | undefined,
  ) {
    this.#first = list === undefined ? 0 : LIST_BITS;
    this.bits = new Uint8Array(Math.ceil((this.#first + count) / 8));
    if (list === undefined || list === listIn(inherited)) this.bits.set(inherited?.subarray(0, this.bits.length) ?? []);
  }

  /** The bytes for which a commit must have room. */
  get bytes(): number {
    return this.list === undefined ? ENTRY_BYTES + this.bits.length : 0;
  }

  isDone(part: number): boolean {
    const n = this.#first + part;
    return ((this.bits[n >> 3] ?? 0) & (1 << (n & 7))) !== 0;
  }

  done(part: number): void {
    if (this.list !== undefined) this.bits.set([this.list & 255, this.list >> 8]);
    set(this.bits, this.#first + part);
  }
}

const listIn = ([low = 0, high = 0]: Iterable<number> = []): number => low + high * 256;

function set(bits: Uint8Array, n: number): void {
  bits[n >> 3] = (bits[n >> 3] ?? 0) | (1 << (n & 7));
}

function clear(bits: Uint8Array, n: number): void {
  bits[n >> 3] = (bits[n >> 3] ?? 0) & ~(1 << (n & 7));
}
