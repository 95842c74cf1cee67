import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { finishedBelow, finishedBeyond, readMetadata, writeMetadata } from './commit-metadata.js';

const bits = (...set: number[]): Uint8Array => {
  const bitmap = new Uint8Array(Math.ceil((Math.max(-1, ...set) + 1) / 8));
  for (const n of set) bitmap[n >> 3] = (bitmap[n >> 3] ?? 0) | (1 << (n & 7));
  return bitmap;
};
const someBits = fc.uniqueArray(fc.nat(200), { minLength: 1 }).map((set) => bits(...set));
/** How releases without parts read it. */
function readAsBefore(watermark: number, metadata: string): number[] {
  const finished: number[] = [];
  if (!metadata.startsWith('1:')) return finished;
  for (const [byte, value] of Buffer.from(metadata.slice(2), 'base64').entries())
    for (let bit = 0; bit < 8; bit++) if (value & (1 << bit)) finished.push(watermark + 1 + byte * 8 + bit);
  return finished;
}

describe('the metadata of a commit', () => {
  it('is short where nothing above the watermark is finished, and never nothing, which is what a tool writes that sets offsets', () => {
    expect(writeMetadata(7, new Uint8Array(40), [])).toBe('1:');
  });

  it('says what it was told', () => {
    const written = fc.record({ watermark: fc.nat(1e15), finished: someBits, parts: fc.array(fc.tuple(fc.nat(500), someBits), { maxLength: 8 }) });
    fc.assert(
      fc.property(written, ({ watermark, finished, parts }) => {
        let last = watermark - 1;
        const partly = parts.map(([above, bitmap]) => [(last += 1 + above), bitmap] as const);
        const metadata = writeMetadata(watermark, finished, partly);
        const read = readMetadata(watermark, metadata);
        expect([...read.finished]).toEqual(readAsBefore(watermark, `1:${Buffer.from(finished).toString('base64')}`));
        expect([...read.parts].map(([offset, bitmap]) => [offset, [...bitmap]])).toEqual(partly.map(([offset, bitmap]) => [offset, [...bitmap]]));
      }),
    );
  });

  it('is read by a release that knows the bitmap alone, and of such a release, so that an upgrade repeats nothing', () => {
    for (const size of [1, 2, 3, 17]) {
      const finished = bits(...Array.from({ length: size * 8 }, (_, n) => n));
      const all = Array.from({ length: size * 8 }, (_, n) => 101 + n);
      expect(readAsBefore(100, writeMetadata(100, finished, [[100, bits(0, 5)]]))).toEqual(all);
      expect([...readMetadata(100, `1:${Buffer.from(finished).toString('base64')}`).finished]).toEqual(all);
    }
  });

  it('never exceeds what a broker takes: what does not fit is left out, the bitmap last', () => {
    const wide = bits(...Array.from({ length: 100 }, (_, n) => n));
    const metadata = writeMetadata(0, new Uint8Array(9_000).fill(255), Array.from({ length: 500 }, (_, n) => [n, wide] as const));
    expect(metadata.length).toBeLessThanOrEqual(4_096);
    const { finished, parts } = readMetadata(0, metadata);
    expect(finished.size).toBe(24_000);
    expect([...parts.keys()]).toEqual([0, 1, 2, 3]);
    const narrow = Array.from({ length: 1_100 }, (_, n) => [n, bits(0)] as const);
    expect(readMetadata(0, writeMetadata(0, bits(), narrow)).parts.size).toBe(1_023);
    for (let bytes = 0; bytes < 100; bytes++) expect(writeMetadata(0, new Uint8Array(bytes).fill(255), narrow).length).toBeLessThanOrEqual(4_096);
  });

  it('has no padding, and any distance between partly finished records', () => {
    expect(writeMetadata(7, bits(0), [])).toBe('1:AQ');
    let at = 7;
    const partly = [0, 127, 128, 16_383, 16_384].map((distance) => [(at += distance), bits(3)] as const);
    expect([...readMetadata(7, writeMetadata(7, bits(), partly)).parts]).toEqual(partly.map(([offset, bitmap]) => [offset, Buffer.from(bitmap)]));
  });

  it('says nothing where it is of another making, or broken', () => {
    expect(readMetadata(3, 'consumer-7')).toEqual({ finished: new Set(), parts: new Map() });
    fc.assert(fc.property(fc.string(), (text) => readMetadata(3, `1:=${text}`).finished.size === 0));
  });

  it('tells how many records below an offset are finished', () => {
    const metadata = writeMetadata(10, bits(0, 4, 5), []);
    expect([11, 12, 16, 17, 99].map((end) => finishedBelow(end, 10, metadata))).toEqual([0, 1, 2, 3, 3]);
  });

  it('tells what one commit has finished and another has not', () => {
    const commit = fc.record({ watermark: fc.nat(40), bitmap: someBits });
    const finishedIn = ({ watermark, bitmap }: { watermark: number; bitmap: Uint8Array }) => Array.from({ length: 300 }, (_, offset) => offset).filter((offset) => offset < watermark || readMetadata(watermark, writeMetadata(watermark, bitmap, [])).finished.has(offset));
    const committed = ({ watermark, bitmap }: { watermark: number; bitmap: Uint8Array }) => ({ offset: String(watermark), metadata: writeMetadata(watermark, bitmap, []) });
    fc.assert(
      fc.property(commit, commit, (one, other) => {
        const theirs = new Set(finishedIn(other));
        expect(finishedBeyond(committed(one), committed(other))).toBe(finishedIn(one).filter((offset) => !theirs.has(offset)).length);
      }),
    );
    expect(finishedBeyond({ offset: '7', metadata: null }, { offset: '4', metadata: null })).toBe(3);
  });
});
