import { promisify } from 'node:util';
import { gunzip, zstdDecompress } from 'node:zlib';
import { lz4Decompress, snappyDecompress } from '@platformatic/wasm-utils';

/**
 * Limit of a decompressed batch. A producer's batch has about 1 MB before it is compressed: one that decompresses to more than this is a
 * decompression bomb.
 */
export const MAX_BATCH_BYTES = 32 * 1_024 * 1_024;

const limit = { maxOutputLength: MAX_BATCH_BYTES };
const gunzipped = promisify(gunzip);
const unzstd = promisify(zstdDecompress);

type Decompress = (bytes: Buffer) => Promise<Buffer> | Buffer;

/** By the three lowest bits of a batch's attributes (Kafka protocol, "Record Batch"); 0 = not compressed. */
const codecs: readonly Decompress[] = [(bytes) => bytes, (bytes) => gunzipped(bytes, limit), fromSnappy, fromLz4, (bytes) => unzstd(bytes, limit)];

/** Returns the records of a batch, decompressed; throws if they cannot be read. */
export function decompress(codec: number, bytes: Buffer): Promise<Buffer> | Buffer {
  const known = codecs[codec];
  if (!known) throw new Error(`there is no codec ${codec}`);
  return known(bytes);
}

const XERIAL = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0]);
/** Magic, then version and oldest compatible version, an int32 each. */
const XERIAL_HEADER_BYTES = XERIAL.length + 8;

/**
 * Go's clients write one raw block, Java's and librdkafka the framing of xerial/snappy-java: a header, then blocks, each after its length (int32).
 */
function fromSnappy(bytes: Buffer): Buffer {
  if (!bytes.subarray(0, XERIAL.length).equals(XERIAL)) return fromSnappyBlock(bytes, MAX_BATCH_BYTES);
  const blocks: Buffer[] = [];
  let left = MAX_BATCH_BYTES;
  for (let at = XERIAL_HEADER_BYTES; at < bytes.length; ) {
    const end = at + 4 + bytes.readUInt32BE(at);
    const block = fromSnappyBlock(bytes.subarray(at + 4, end), left);
    blocks.push(block);
    left -= block.length;
    at = end;
  }
  return Buffer.concat(blocks);
}

/** A block begins with its decompressed length: a varint, seven bits a byte, lowest first (google/snappy, format_description.txt §1). */
function fromSnappyBlock(bytes: Buffer, limit: number): Buffer {
  let length = 0;
  let at = 0;
  do length += ((bytes[at] ?? 0) & 127) * 128 ** at;
  while ((bytes[at++] ?? 0) > 127);
  refuseBomb(length, limit);
  return snappyDecompress(bytes);
}

const LZ4_MAGIC = 0x184d2204;

/** One LZ4 frame (lz4_Frame_format.md). It does not give its decompressed size, which is at most the largest block size for each block. */
function fromLz4(bytes: Buffer): Buffer {
  if (bytes.readUInt32LE(0) !== LZ4_MAGIC) throw new Error('no LZ4 frame');
  const flags = bytes.readUInt8(4);
  const largest = 1 << (8 + 2 * ((bytes.readUInt8(5) >> 4) & 7));
  const checksum = flags & 0x10 ? 4 : 0;
  let most = 0;
  for (let at = 7 + (flags & 0x08 ? 8 : 0) + (flags & 0x01 ? 4 : 0); ; ) {
    const size = bytes.readUInt32LE(at) & 0x7fffffff;
    if (size === 0) break;
    most += Math.min(largest, 255 * size);
    refuseBomb(most, MAX_BATCH_BYTES);
    at += 4 + size + checksum;
  }
  return lz4Decompress(bytes);
}

function refuseBomb(bytes: number, limit: number): void {
  if (bytes > limit) throw new Error(`it decompresses to more than ${MAX_BATCH_BYTES} bytes`);
}
