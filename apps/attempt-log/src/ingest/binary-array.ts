/** What an element is, and the OID of its type (pg_type.dat). */
const OIDS = { bool: 16, text: 25, int: 23, bigint: 20, timestamptz: 1184, real: 700, bytea: 17, json: 114 } as const;
export type ElementType = keyof typeof OIDS;
/** Times are epoch milliseconds, JSON is text, a bigint may be decimal digits. */
export type Element = string | number | boolean | Buffer | null;

const NULL = -1;
const EPOCH_MS = Date.UTC(2000, 0, 1);
/** Of a UTF-16 unit in UTF-8, at most. */
const MAX_UNIT_BYTES = 3;

/** Where all arrays are written: it grows to the longest, and is not allocated for each anew. */
let scratch = Buffer.allocUnsafe(65_536);

/**
 * An array parameter in PostgreSQL's binary format (array_recv, and the recv function of each type): element type, length, then each element behind a length of its
 * own. Throws a RangeError on a number that its type does not have.
 */
export function binaryArray(type: ElementType, elements: readonly Element[]): Buffer {
  const [dimensions, mayHaveNulls, firstIndex] = [1, 1, 1];
  let end = 0;
  for (const field of [dimensions, mayHaveNulls, OIDS[type], elements.length, firstIndex]) end = scratch.writeInt32BE(field, end);
  for (const element of elements) {
    const start = end + 4;
    if (start + maxBytesOf(element) > scratch.length) grow(start + maxBytesOf(element), end);
    const length = element === null ? NULL : write(type, element, start);
    scratch.writeInt32BE(length, end);
    end = start + Math.max(0, length);
  }
  return Buffer.from(scratch.subarray(0, end));
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
