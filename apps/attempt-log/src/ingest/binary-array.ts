/** The types of elements, and their OIDs (pg_type.dat). */
const OIDS = { bool: 16, text: 25, int: 23, bigint: 20, timestamptz: 1184, real: 700, bytea: 17, json: 114 } as const;
export type ElementType = keyof typeof OIDS;
/** Times are epoch milliseconds. JSON is text. A bigint may be a string of decimal digits. */
export type Element = string | number | boolean | Buffer | null;

const NULL = -1;
const EPOCH_MS = Date.UTC(2000, 0, 1);
/** Most bytes that one UTF-16 code unit takes in UTF-8. */
const MAX_UNIT_BYTES = 3;

/** All values are encoded in this buffer. It grows to the longest and is reused. */
let scratch = Buffer.allocUnsafe(65_536);

/**
 * An array parameter in PostgreSQL's binary format (array_recv, and the recv function of each type): element type, length, then each element after
 * its own length. Throws a RangeError if a number is out of its type's range.
 */
export function binaryArray(type: ElementType, elements: readonly Element[]): Buffer {
  const [dimensions, mayHaveNulls, firstIndex] = [1, 1, 1];
  let end = 0;
  for (const field of [dimensions, mayHaveNulls, OIDS[type], elements.length, firstIndex]) end = scratch.writeInt32BE(field, end);
  for (const element of elements) end = append(type, element, end);
  return Buffer.from(scratch.subarray(0, end));
}

/** Signature, flags, and the length of the header extension, which is 0 (PostgreSQL, "COPY", Binary Format). */
const COPY_HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const END_OF_COPY = -1;
const COUNT_BYTES = 2;

/** Rows in the format of `COPY … (FORMAT binary)`: the number of columns, then each column after its own length. Throws as `binaryArray` does. */
export function binaryRows<T>(columns: readonly { readonly type: ElementType; readonly value: (row: T) => Element }[], rows: readonly T[]): Buffer {
  let end = COPY_HEADER.copy(scratch);
  for (const row of rows) {
    end = appendCount(columns.length, end);
    for (const { type, value } of columns) end = append(type, value(row), end);
  }
  end = appendCount(END_OF_COPY, end);
  return Buffer.from(scratch.subarray(0, end));
}

function appendCount(count: number, end: number): number {
  if (end + COUNT_BYTES > scratch.length) grow(end + COUNT_BYTES, end);
  return scratch.writeInt16BE(count, end);
}

/** Writes the length of an element, then the element. Returns the offset after it. */
function append(type: ElementType, element: Element, end: number): number {
  const start = end + 4;
  if (start + maxBytesOf(element) > scratch.length) grow(start + maxBytesOf(element), end);
  const length = element === null ? NULL : write(type, element, start);
  scratch.writeInt32BE(length, end);
  return start + Math.max(0, length);
}

const maxBytesOf = (element: Element): number =>
  typeof element === 'string' ? 8 + MAX_UNIT_BYTES * element.length : typeof element === 'object' ? (element?.length ?? 0) : 8;

/** Returns the number of bytes written. */
function write(type: ElementType, element: string | number | boolean | Buffer, at: number): number {
  if (typeof element === 'object') return element.copy(scratch, at);
  switch (type) {
    case 'bool':
      return scratch.writeUInt8(Number(element), at) - at;
    case 'int':
      return scratch.writeInt32BE(Number(element), at) - at;
    case 'real':
      return scratch.writeFloatBE(Number(element), at) - at;
    case 'bigint':
      return scratch.writeBigInt64BE(BigInt(element), at) - at;
    case 'timestamptz':
      return scratch.writeBigInt64BE(BigInt(Math.round((Number(element) - EPOCH_MS) * 1_000)), at) - at;
    default:
      return scratch.write(String(element), at);
  }
}

function grow(least: number, used: number): void {
  const larger = Buffer.allocUnsafe(Math.max(least, 2 * scratch.length));
  scratch.copy(larger, 0, 0, used);
  scratch = larger;
}
