import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import kafkajs, { type PartitionMetadata } from 'kafkajs';
import { keyPartitioner, murmur2 } from './partitioner.js';

describe('the partition of a key', () => {
  it('is the one that the Java client chooses', () => {
    // UtilsTest.testMurmur2 of Apache Kafka.
    const expected = { '21': -973932308, foobar: -790332482, 'a-little-bit-long-string': -985981536, 'a-little-bit-longer-string': -1486304829, abc: 479470107 };
    for (const [key, hash] of Object.entries(expected)) expect(murmur2(key)).toBe(hash);
  });

  it('is the one that kafkajs would choose, text or bytes', () => {
    const [ours, theirs] = [keyPartitioner(), kafkajs.Partitioners.DefaultPartitioner()];
    fc.assert(
      fc.property(fc.oneof(fc.string({ minLength: 1, unit: 'grapheme' }), fc.uint8Array({ minLength: 1 }).map(Buffer.from)), fc.integer({ min: 1, max: 64 }), (key, count) => {
        const partitionMetadata = Array.from({ length: count }, (_, partitionId) => ({ partitionId, leader: 1 }) as PartitionMetadata);
        const asked = { topic: 'events', partitionMetadata, message: { key, value: null } };
        expect(ours(asked)).toBe(theirs(asked));
      }),
    );
  });

  it('goes round for what has no key', () => {
    const partition = keyPartitioner();
    const partitionMetadata = [0, 1, 2].map((partitionId) => ({ partitionId, leader: 1 }) as PartitionMetadata);
    expect(Array.from({ length: 6 }, () => partition({ topic: 'quarantine', partitionMetadata, message: { value: null } }))).toEqual([0, 1, 2, 0, 1, 2]);
  });
});
