import { readFileSync } from 'node:fs';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { crc32c, lz4Compress, snappyCompress } from '@platformatic/wasm-utils';
import fc from 'fast-check';
import { MAX_BATCH_BYTES } from './codecs.js';
import { readBatches, UndecodableBatch, type Fetched } from './fetched-batches.js';
import { FetchedRecord, type RawHeader } from './fetched-record.js';

/** Batches written by real producers; the file says how they were made. */
const { batches: vectors } = JSON.parse(readFileSync(new URL('../../vectors/compressed-batches.json', import.meta.url), 'utf8')) as { batches: Record<string, string> };

interface Given {
  readonly key?: Buffer | null;
  readonly value?: Buffer | null;
  readonly headers?: readonly RawHeader[];
  readonly delta?: number;
}
interface Made {
  readonly base?: number;
  readonly attributes?: number;
  readonly producerId?: number;
  readonly lastDelta?: number;
  readonly compress?: (bytes: Buffer) => Buffer;
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let left = value < 0 ? -2 * value - 1 : 2 * value;
  for (; left > 127; left = Math.floor(left / 128)) bytes.push(128 + (left % 128));
  return [...bytes, left];
}
const field = (bytes: Buffer | null): Buffer => Buffer.concat([Buffer.from(varint(bytes?.length ?? -1)), bytes ?? Buffer.alloc(0)]);

function recordOf({ key = null, value = null, headers = [], delta = 0 }: Given): Buffer {
  const body = [Buffer.from([0, 0, ...varint(delta)]), field(key), field(value), Buffer.from(varint(headers.length)), ...headers.flatMap(([name, of]) => [field(name), field(of)])];
  return field(Buffer.concat(body));
}

function batchOf(records: readonly Given[], { base = 0, attributes = 0, producerId = -1, lastDelta = records.length - 1, compress = (bytes) => bytes }: Made = {}): Buffer {
  const data = compress(Buffer.concat(records.map((record, delta) => recordOf({ delta, ...record }))));
  const batch = Buffer.concat([Buffer.alloc(61), data]);
  batch.writeBigInt64BE(BigInt(base), 0);
  batch.writeInt32BE(batch.length - 12, 8);
  batch.writeInt8(2, 16);
  batch.writeInt16BE(attributes, 21);
  batch.writeInt32BE(lastDelta, 23);
  batch.writeBigInt64BE(BigInt(producerId), 43);
  batch.writeInt32BE(records.length, 57);
  batch.writeUInt32BE(crc32c(batch.subarray(21)), 17);
  return batch;
}

const valueOf = (one: Fetched): string => (one instanceof FetchedRecord ? String(one.value) : one instanceof UndecodableBatch ? `undecodable ${one.firstOffset}-${one.offset}: ${one.detail}` : 'gap');
const read = async (...batches: Buffer[]): Promise<[string, string][]> => (await readBatches(Buffer.concat(batches), [], 100n)).map((one) => [one.offset, valueOf(one)]);
const text = (value: string): Given => ({ value: Buffer.from(value) });
const [CONTROL, IN_TRANSACTION] = [0x30, 0x10];

describe('readBatches', () => {
  it.each(Object.entries(vectors))('reads what %s wrote', async (name, batch) => {
    const records = await readBatches(Buffer.from(batch, 'base64'), [], 3n);
    expect(records.map((one) => [one.offset, valueOf(one)])).toEqual([0, 1, 2].map((n) => [String(n), `${n} ${'a webhook is a promise; '.repeat(12)}`]));
    const headers = records.map((one) => (one as FetchedRecord).headers);
    expect(headers).toEqual([{ h: Buffer.from('x') }, { h: Buffer.from('x') }, { h: name.startsWith('java') ? [Buffer.from('x'), Buffer.from('y')] : Buffer.from('x') }]);
  });

  it('reads any record that Kafka can hold, in bytes of its own as in those of its fetch', async () => {
    const bytes = fc.uint8Array({ maxLength: 40 }).map((some) => Buffer.from(some));
    const name = fc.oneof(bytes, fc.constantFrom('__proto__', 'constructor', '').map((some) => Buffer.from(some)));
    const record = fc.record({ key: fc.option(bytes), value: fc.option(bytes), headers: fc.array(fc.tuple(name, fc.option(bytes)), { maxLength: 5 }) });
    const codec = fc.constantFrom<Made>(
      {},
      { attributes: 1, compress: (some) => gzipSync(some) },
      { attributes: 2, compress: snappyCompress },
      { attributes: 3, compress: lz4Compress },
      { attributes: 4, compress: (some) => zstdCompressSync(some) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 8 }), codec, async (records, made) => {
        const fetched = (await readBatches(batchOf(records, made), [], 100n)) as FetchedRecord[];
        for (const some of [fetched, fetched.map((one) => one.owned())])
          expect(some.map(({ key, value, rawHeaders }) => ({ key, value, headers: rawHeaders }))).toEqual(records);
        for (const { headers, rawHeaders } of fetched)
          expect(new Set(Object.keys(headers))).toEqual(new Set(rawHeaders.filter(([, value]) => value !== null).map(([name]) => name.toString())));
      }),
      { numRuns: 50 },
    );
  });

  it('goes on behind a batch that cannot be decoded: one ended every consumer that met it', async () => {
    const good = batchOf([text('a'), text('b')], { base: 7 });
    const corrupt = batchOf([text('c')], { base: 3 });
    corrupt.writeUInt8(corrupt.readUInt8(corrupt.length - 2) ^ 1, corrupt.length - 2);
    const unknown = batchOf([text('d'), text('e')], { base: 5, attributes: 7 });
    const broken = batchOf([text('f')], { base: 4, attributes: 2, compress: () => Buffer.from([200, 1, 255, 255]) });
    const noRecords = batchOf([text('g')], { base: 2, compress: () => Buffer.from([20, 0]) });
    const all = await read(noRecords, corrupt, broken, unknown, good);
    expect(all.slice(3)).toEqual([['6', 'undecodable 5-6: there is no codec 7'], ['7', 'a'], ['8', 'b']]);
    expect(all.slice(0, 3)).toEqual([
      ['2', 'undecodable 2-2: the bytes are no record'],
      ['3', 'undecodable 3-3: its checksum is wrong'],
      ['4', expect.stringContaining('undecodable 4-4')],
    ]);
  });

  it('trusts no last offset of a batch whose checksum is wrong: the log goes on where the next batch begins', async () => {
    const wrong = (base: number): Buffer => {
      const batch = batchOf([text('a')], { base });
      batch.writeInt32BE(2_000_000_000, 23);
      return batch;
    };
    expect((await read(wrong(3), batchOf([text('b')], { base: 9 }), wrong(10))).map(([offset]) => offset)).toEqual(['8', '9', '99']);
  });

  it('unfolds no bomb of any codec', async () => {
    const zeros = Buffer.alloc(MAX_BATCH_BYTES + 1_000_000);
    const xerial = (blocks: readonly Buffer[]): Buffer => Buffer.concat([Buffer.from('82534e41505059000000000100000001', 'hex'), ...blocks.flatMap((block) => [Buffer.from(new Uint32Array([block.length]).buffer).swap32(), block])]);
    const block = snappyCompress(Buffer.alloc(1_048_576));
    const bombs: [number, Buffer][] = [
      [1, gzipSync(zeros)],
      [2, snappyCompress(zeros)],
      [2, xerial(Array.from({ length: 40 }, () => block))],
      [3, lz4Compress(zeros)],
      [4, zstdCompressSync(zeros)],
    ];
    for (const [attributes, bytes] of bombs) expect(await read(batchOf([text('')], { attributes, compress: () => bytes }))).toEqual([['0', expect.stringContaining('undecodable 0-0')]]);
  });

  it('keeps the bytes of what it cannot decode', async () => {
    const batch = batchOf([text('a')], { attributes: 6 });
    const [only] = await readBatches(batch, [], 9n);
    expect((only as UndecodableBatch).value).toEqual(batch);
  });

  it('reaches to the end of a batch whose last records were compacted away, or all of them', async () => {
    expect(await read(batchOf([text('a')], { lastDelta: 4 }), batchOf([], { base: 5, lastDelta: 2 }))).toEqual([['0', 'a'], ['4', 'gap'], ['7', 'gap']]);
  });

  it('leaves the rest of a batch that is cut off to the next fetch', async () => {
    const whole = batchOf([text('a')]);
    for (let cut = 1; cut < whole.length; cut++) expect(await read(whole, batchOf([text('b')], { base: 1 }).subarray(0, cut))).toEqual([['0', 'a']]);
  });

  it('leaves out what was aborted, and nothing else: of two producers at once one came through, and a key of 0 ended it', async () => {
    const of = (value: string, producerId: number, base: number, key: Buffer | null = null) => batchOf([{ ...text(value), key }], { attributes: IN_TRANSACTION, producerId, base });
    const marker = (producerId: number, base: number) => batchOf([{ key: Buffer.from([0, 0, 0, 0]) }], { attributes: CONTROL, producerId, base });
    const log = [of('aborted', 1, 10, Buffer.alloc(4)), of('aborted', 2, 11), of('kept', 3, 12), of('aborted', 1, 13), marker(1, 14), of('kept', 1, 15), of('aborted', 2, 16), marker(2, 17), batchOf([text('kept')], { base: 18, producerId: 2 })];
    // Unordered, and begun before the fetched batches.
    const aborted = [{ producerId: 2n, firstOffset: 5n }, { producerId: 1n, firstOffset: 4n }];
    const records = await readBatches(Buffer.concat(log), aborted, 19n);
    expect(records.map((one) => [one.offset, valueOf(one)])).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18].map((offset) => [String(offset), [12, 15, 18].includes(offset) ? 'kept' : 'gap']));
  });
});
