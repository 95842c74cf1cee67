import { crc32c } from '@platformatic/wasm-utils';
import type { Message } from 'kafkajs';

/** How a batch is written: by which producer, and in which of its transactions. */
interface BatchTerms {
  readonly transactional: boolean;
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly firstSequence: number;
}

const [MAGIC, TRANSACTIONAL] = [2, 0x10];
/** The size of the batch's own fields, and the offset from which the checksum counts. */
const [HEAD_BYTES, CHECKED_FROM] = [61, 21];
/** The bytes that its length does not count. */
const BEFORE_LENGTH = 12;
const FIRST_ROOM = 4_096;

/** A record batch as in a produce request, not compressed: Kafka protocol, "Record Batch". Offsets begin at 0; the leader assigns the real ones. */
export function writtenBatch(messages: readonly Message[], { transactional, producerId, producerEpoch, firstSequence }: BatchTerms): Buffer {
  const now = Date.now();
  const times = messages.map(({ timestamp }) => Number(timestamp ?? now));
  const base = times.reduce((a, b) => Math.min(a, b), times[0] ?? now);
  const records = new RecordWriter(HEAD_BYTES);
  for (const [n, message] of messages.entries()) records.record(message, (times[n] ?? now) - base, n);
  const batch = records.bytes;
  batch.writeBigInt64BE(0n, 0);
  batch.writeInt32BE(batch.length - BEFORE_LENGTH, 8);
  batch.writeInt32BE(0, 12);
  batch.writeInt8(MAGIC, 16);
  batch.writeInt16BE(transactional ? TRANSACTIONAL : 0, CHECKED_FROM);
  batch.writeInt32BE(messages.length - 1, 23);
  batch.writeBigInt64BE(BigInt(base), 27);
  batch.writeBigInt64BE(BigInt(times.reduce((a, b) => Math.max(a, b), base)), 35);
  batch.writeBigInt64BE(producerId, 43);
  batch.writeInt16BE(producerEpoch, 51);
  batch.writeInt32BE(firstSequence, 53);
  batch.writeInt32BE(messages.length, 57);
  batch.writeUInt32BE(crc32c(batch.subarray(CHECKED_FROM)), 17);
  return batch;
}

/** Writes records one after the other: Length Attributes TimestampDelta OffsetDelta Key Value [HeaderName HeaderValue] (Kafka protocol, "Record"). */
class RecordWriter {
  #bytes: Buffer = Buffer.allocUnsafe(FIRST_ROOM);
  #at: number;

  constructor(from: number) {
    this.#at = from;
  }

  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }

  record({ key, value, headers = {} }: Message, timestampDelta: number, offsetDelta: number): void {
    const start = this.#at;
    this.#room(USUAL_LENGTH_BYTES + 1);
    this.#at += USUAL_LENGTH_BYTES;
    this.#bytes[this.#at++] = 0;
    this.#varint(timestampDelta);
    this.#varint(offsetDelta);
    this.#field(key);
    this.#field(value);
    this.#headers(headers);
    this.#lengthAt(start);
  }

  #headers(headers: NonNullable<Message['headers']>): void {
    let count = 0;
    for (const name of Object.keys(headers)) {
      const value = headers[name];
      count += Array.isArray(value) ? value.length : 1;
    }
    this.#varint(count);
    for (const name of Object.keys(headers)) {
      const value = headers[name];
      for (const one of Array.isArray(value) ? value : [value]) {
        this.#field(name);
        this.#field(one);
      }
    }
  }

  /** Moves what was written after the room for its length, if the length takes more or fewer bytes. */
  #lengthAt(start: number): void {
    const from = start + USUAL_LENGTH_BYTES;
    const end = this.#at;
    this.#room(MOST_VARINT_BYTES);
    this.#at = start;
    const length = end - from;
    const takes = varintBytes(length);
    if (takes !== USUAL_LENGTH_BYTES) this.#bytes.copyWithin(start + takes, from, end);
    this.#varint(length);
    this.#at = start + takes + length;
  }

  #field(field: string | Buffer | null | undefined): void {
    if (field === null || field === undefined) this.#varint(-1);
    else if (typeof field === 'string') this.#text(field);
    else {
      this.#varint(field.length);
      this.#room(field.length);
      this.#bytes.set(field, this.#at);
      this.#at += field.length;
    }
  }

  #text(text: string): void {
    const length = Buffer.byteLength(text);
    this.#varint(length);
    this.#room(length);
    this.#at += this.#bytes.write(text, this.#at);
  }

  /** Zigzag, seven bits a byte, lowest first. Exact up to 2⁵². */
  #varint(value: number): void {
    this.#room(MOST_VARINT_BYTES);
    let left = value < 0 ? -2 * value - 1 : 2 * value;
    for (; left > 127; left = Math.floor(left / 128)) this.#bytes[this.#at++] = 128 + (left % 128);
    this.#bytes[this.#at++] = left;
  }

  #room(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return;
    const more = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, this.#at + bytes));
    this.#bytes.copy(more, 0, 0, this.#at);
    this.#bytes = more;
  }
}

const MOST_VARINT_BYTES = 8;
/** The bytes of the length of a record of 64 to 8,191 bytes. */
const USUAL_LENGTH_BYTES = 2;

/** The number of bytes of a varint of a non-negative number. */
function varintBytes(value: number): number {
  let bytes = 1;
  for (let left = 2 * value; left > 127; left = Math.floor(left / 128)) bytes++;
  return bytes;
}
