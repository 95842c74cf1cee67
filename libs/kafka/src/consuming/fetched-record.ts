import type { RecordHeaders } from '@nuncio/contracts';

/** A header as Kafka has it: any bytes as a name, the same name more than once, no value. */
export type RawHeader = readonly [name: Buffer, value: Buffer | null];

/** What the records of a batch have in common. */
interface BatchContext {
  readonly baseOffset: number;
  readonly baseTimestamp: number;
  /** The append time of all of them, if the broker sets it. */
  readonly appendTime: string | null;
}

/**
 * A record within the answer to a fetch; its fields are decoded when they are read. Fields are named as in kafkajs. Record => Length
 * Attributes TimestampDelta OffsetDelta Key Value [HeaderName HeaderValue] (Kafka protocol, "Record").
 */
export class FetchedRecord {
  readonly attributes = 0;
  readonly isControlRecord = false;

  private constructor(
    readonly offset: string,
    readonly timestamp: string,
    private readonly bytes: Buffer,
    /** The position of the key's length; everything before it is read already. */
    private readonly from: number,
    private readonly end: number,
  ) {}

  /** Reads the record at `cursor`, and moves the cursor behind it. Throws if the bytes are not a record. */
  static read(cursor: Cursor, { baseOffset, baseTimestamp, appendTime }: BatchContext): FetchedRecord {
    const record = cursor.part();
    record.at += 1;
    const timestamp = appendTime ?? String(baseTimestamp + record.varint());
    if (appendTime !== null) record.varint();
    const offset = String(baseOffset + record.varint());
    const from = record.at;
    record.skip();
    record.skip();
    for (let left = record.varint(); left > 0; left--) {
      record.skip();
      record.skip();
    }
    return new FetchedRecord(offset, timestamp, cursor.bytes, from, record.end);
  }

  /** A copy in bytes of its own: a view would keep the whole answer in memory. */
  owned(): FetchedRecord {
    if (2 * this.size >= this.bytes.buffer.byteLength) return this;
    return new FetchedRecord(this.offset, this.timestamp, Buffer.from(this.bytes.subarray(this.from, this.end)), 0, this.size);
  }

  /** The size of its key, value and headers, in bytes. */
  get size(): number {
    return this.end - this.from;
  }

  get key(): Buffer | null {
    return this.#cursor().next();
  }

  get value(): Buffer | null {
    const cursor = this.#cursor();
    cursor.skip();
    return cursor.next();
  }

  /** A header without a value counts as absent; a name that is not UTF-8 is decoded with replacement characters. */
  get headers(): RecordHeaders {
    const headers: RecordHeaders = {};
    for (const [bytes, value] of this.rawHeaders) {
      if (value === null) continue;
      const name = bytes.toString();
      const before = Object.hasOwn(headers, name) ? headers[name] : undefined;
      const all = before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value];
      if (name === '__proto__') Object.defineProperty(headers, name, { value: all, enumerable: true, configurable: true, writable: true });
      else headers[name] = all;
    }
    return headers;
  }

  /** The first value of a header; null = the record has none. */
  header(wanted: Buffer): Buffer | null {
    const cursor = this.#cursor();
    cursor.skip();
    cursor.skip();
    for (let left = cursor.varint(); left > 0; left--) {
      if (cursor.next()?.equals(wanted)) return cursor.next();
      cursor.skip();
    }
    return null;
  }

  get rawHeaders(): RawHeader[] {
    const cursor = this.#cursor();
    cursor.skip();
    cursor.skip();
    const headers: RawHeader[] = [];
    for (let left = cursor.varint(); left > 0; left--) headers.push([cursor.next() ?? Buffer.alloc(0), cursor.next()]);
    return headers;
  }

  #cursor(): Cursor {
    return new Cursor(this.bytes, this.from, this.end);
  }
}

/** Reads through the bytes of records; throws if they end too early. */
export class Cursor {
  constructor(
    readonly bytes: Buffer,
    public at = 0,
    readonly end = bytes.length,
  ) {}

  /** Zigzag, seven bits a byte, lowest first. Exact up to 2⁵³. */
  varint(): number {
    let value = 0;
    for (let scale = 1; scale < 2 ** 70; scale *= 128) {
      if (this.at >= this.end) break;
      const byte = this.bytes[this.at++] ?? 0;
      value += (byte & 127) * scale;
      if (byte < 128) return value % 2 ? -(value + 1) / 2 : value / 2;
    }
    throw new RangeError('the bytes are no record');
  }

  /** Reads the length before the next field; -1 = null. */
  length(): number {
    const length = this.varint();
    if (length > this.end - this.at) throw new RangeError('the bytes are no record');
    return Math.max(-1, length);
  }

  skip(): void {
    const length = this.length();
    this.at += Math.max(0, length);
  }

  next(): Buffer | null {
    const length = this.length();
    return length < 0 ? null : this.bytes.subarray(this.at, (this.at += length));
  }

  /** A cursor over the next bytes, which are preceded by their length. */
  part(): Cursor {
    const length = this.length();
    if (length < 1) throw new RangeError('the bytes are no record');
    return new Cursor(this.bytes, this.at, (this.at += length));
  }
}
