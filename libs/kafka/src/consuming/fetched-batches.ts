import { crc32c } from '@platformatic/wasm-utils';
import { decompress } from './codecs.js';
import { Cursor, FetchedRecord } from './fetched-record.js';
import { Slices } from './slices.js';

/** Where the fields of a batch begin (Kafka protocol, "Record Batch"). */
const AT = { length: 8, crc: 17, attributes: 21, lastOffsetDelta: 23, baseTimestamp: 27, maxTimestamp: 35, producerId: 43, count: 57, records: 61 } as const;
/** The bytes before the part that its length counts. */
const LENGTH_END = 12;
const [CODEC, APPEND_TIME, TRANSACTIONAL, CONTROL] = [0x07, 0x08, 0x10, 0x20];
/** A megabyte of the smallest records holds about half as many. */
const MAX_RECORDS = 262_144;

/** A batch whose records cannot be read, as its bytes, at the last of its offsets. Fields are named as in kafkajs. */
export class UndecodableBatch {
  readonly attributes = 0;
  readonly isControlRecord = false;
  readonly key = null;
  readonly headers = {};

  constructor(
    readonly firstOffset: string,
    readonly offset: string,
    readonly timestamp: string,
    /** The bytes of the batch. */
    readonly value: Buffer,
    readonly detail: string,
  ) {}
}

/** A gap of offsets without records for consumers: transaction markers, and aborted or compacted records. */
interface Gap {
  readonly offset: string;
  readonly timestamp: string;
  readonly isControlRecord: true;
}

export type Fetched = FetchedRecord | UndecodableBatch | Gap;

/** An aborted transaction: from its first offset on, batches of its producer do not count, up to a marker. */
export interface Aborted {
  readonly producerId: bigint;
  readonly firstOffset: bigint;
}

/**
 * The records in a fetched part of a partition's log. Each batch reaches to its last offset, with a gap where its records do not. A batch that is cut off at
 * the end comes with the next fetch. `end` is the offset behind the log's last. `slices`: those of the whole fetch.
 */
export async function readBatches(log: Buffer, aborted: readonly Aborted[], end: bigint, slices = new Slices()): Promise<Fetched[]> {
  const fetched: Fetched[] = [];
  const isAborted = abortedIn(aborted);
  for (let at = 0; at + AT.records <= log.length; ) {
    const next = at + LENGTH_END + log.readInt32BE(at + AT.length);
    if (next > log.length || next <= at) break;
    const batch = log.subarray(at, next);
    const following = next + 8 <= log.length ? log.readBigInt64BE(next) : end;
    try {
      const decoded = readBatch(batch, isAborted);
      for (const record of Array.isArray(decoded) ? decoded : await decoded) fetched.push(record);
    } catch (error) {
      fetched.push(undecodable(batch, following, error));
    }
    at = next;
    await slices.next();
  }
  return fetched;
}

/** Whether a batch belongs to an aborted transaction. It must be called for each batch in the order of the log. */
function abortedIn(aborted: readonly Aborted[]): (batch: Buffer, lastOffset: bigint) => boolean {
  if (!aborted.length) return () => false;
  const ahead = [...aborted].sort((a, b) => Number(a.firstOffset - b.firstOffset));
  const producers = new Set<bigint>();
  return (batch, lastOffset) => {
    while (ahead[0] && ahead[0].firstOffset <= lastOffset) producers.add(ahead.shift()?.producerId ?? -1n);
    const producer = batch.readBigInt64BE(AT.producerId);
    if (isControl(batch)) producers.delete(producer);
    return isTransactional(batch) && producers.has(producer);
  };
}

const isControl = (batch: Buffer): boolean => (batch.readInt16BE(AT.attributes) & CONTROL) !== 0;
const isTransactional = (batch: Buffer): boolean => (batch.readInt16BE(AT.attributes) & TRANSACTIONAL) !== 0;

function readBatch(batch: Buffer, isAborted: ReturnType<typeof abortedIn>): Fetched[] | Promise<Fetched[]> {
  if (crc32c(batch.subarray(AT.attributes)) !== batch.readUInt32BE(AT.crc)) throw new Error('its checksum is wrong');
  const lastOffset = batch.readBigInt64BE(0) + BigInt(batch.readInt32BE(AT.lastOffsetDelta));
  if (isAborted(batch, lastOffset) || isControl(batch)) return [gap(lastOffset)];
  const bytes = decompress(batch.readInt16BE(AT.attributes) & CODEC, batch.subarray(AT.records));
  return Buffer.isBuffer(bytes) ? readRecords(batch, bytes, lastOffset) : bytes.then((bytes) => readRecords(batch, bytes, lastOffset));
}

function readRecords(batch: Buffer, bytes: Buffer, lastOffset: bigint): Fetched[] {
  const count = batch.readInt32BE(AT.count);
  if (count > MAX_RECORDS) throw new Error(`it has more than ${MAX_RECORDS} records`);
  const context = {
    baseOffset: Number(batch.readBigInt64BE(0)),
    baseTimestamp: Number(batch.readBigInt64BE(AT.baseTimestamp)),
    appendTime: batch.readInt16BE(AT.attributes) & APPEND_TIME ? String(batch.readBigInt64BE(AT.maxTimestamp)) : null,
  };
  const cursor = new Cursor(bytes);
  const records: Fetched[] = [];
  for (let n = 0; n < count; n++) records.push(FetchedRecord.read(cursor, context));
  if (records.at(-1)?.offset !== String(lastOffset)) records.push(gap(lastOffset));
  return records;
}

const gap = (offset: bigint): Gap => ({ offset: String(offset), timestamp: '0', isControlRecord: true });

/** A batch that cannot be decoded. If its checksum is wrong, its last offset may be wrong, too: it is then the one before `following`. */
function undecodable(batch: Buffer, following: bigint, error: unknown): UndecodableBatch {
  const first = batch.readBigInt64BE(0);
  const said = first + BigInt(batch.readInt32BE(AT.lastOffsetDelta));
  const last = said < first || said >= following ? (following > first ? following - 1n : first) : said;
  const detail = error instanceof Error ? error.message : String(error);
  return new UndecodableBatch(String(first), String(last), String(batch.readBigInt64BE(AT.maxTimestamp)), Buffer.from(batch), detail);
}
