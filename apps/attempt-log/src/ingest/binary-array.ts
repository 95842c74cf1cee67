/** What an element is, and the OID of its type (pg_type.dat). */
const OIDS = { bool: 16, text: 25, int: 23, bigint: 20, timestamptz: 1184, real: 700, bytea: 17, json: 114 } as const;
export type ElementType = keyof typeof OIDS;
/** Times are epoch milliseconds, JSON is text, a bigint may be decimal digits. */
export type Element = string | number | boolean | Buffer | null;

const NULL = -1;
const EPOCH_MS = Date.UTC(2000, 0, 1);
/** Of a UTF-16 unit in UTF-8, at most. */
const MAX_UNIT_BYTES = 3;

/** Where everything is written: it grows to the longest, and is not allocated for each anew. */
let scratch = Buffer.allocUnsafe(65_536);

/**
 * An array parameter in PostgreSQL's binary format (array_recv, and the recv function of each type): element type, length, then each element behind a length of its
 * own. Throws a RangeError on a number that its type does not have.
 */
export function binaryArray(type: ElementType, elements: readonly Element[]): Buffer {
  const [dimensions, mayHaveNulls, firstIndex] = [1, 1, 1];
  let end = 0;
  for (const field of [dimensions, mayHaveNulls, OIDS[type], elements.length, firstIndex]) end = scratch.writeInt32BE(field, end);
  for (const element of elements) end = append(type, element, end);
  return Buffer.from(scratch.subarray(0, end));
}

/** Signature, flags, and the length of an extension that there is none of ("COPY", Binary Format). */
const COPY_HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const END_OF_COPY = -1;
const COUNT_BYTES = 2;

/** Rows as `COPY … (FORMAT binary)` reads them: the number of columns, then each behind a length of its own. Throws as `binaryArray` does. */
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

/** An element behind its length. Answers where it ends. */
function append(type: ElementType, element: Element, end: number): number {
  const start = end + 4;
  if (start + maxBytesOf(element) > scratch.length) grow(start + maxBytesOf(element), end);
  const length = element === null ? NULL : write(type, element, start);
  scratch.writeInt32BE(length, end);
  return start + Math.max(0, length);
}

const maxBytesOf = (element: Element): number =>
  typeof element === 'string' ? 8 + MAX_UNIT_BYTES * element.length : typeof element === 'object' ? (element?.length ?? 0) : 8;

/** Answers how many bytes it has written. */
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
