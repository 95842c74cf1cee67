import type { ICustomPartitioner } from 'kafkajs';

const SEED = 0x9747b28c;
const M = 0x5bd1e995;

/**
 * The partition of a key as the Java client chooses it, so that all writers agree: murmur2 of the key. kafkajs has it too, in BigInts, which
 * costs a quarter of a produce. Records without a key are spread round-robin.
 */
export const keyPartitioner: ICustomPartitioner = () => {
  let turn = 0;
  return ({ partitionMetadata: { length }, message: { key } }) => ((key ? murmur2(key) : turn++) & 0x7fffffff) % length;
};

/** Austin Appleby's MurmurHash2, as in org.apache.kafka.common.utils.Utils. A signed 32-bit integer. */
export function murmur2(key: string | Buffer): number {
  const bytes = typeof key === 'string' ? Buffer.from(key) : key;
  const whole = bytes.length & ~3;
  let hash = SEED ^ bytes.length;
  for (let at = 0; at < whole; at += 4) {
    const mixed = Math.imul(bytes.readInt32LE(at), M);
    hash = Math.imul(hash, M) ^ Math.imul(mixed ^ (mixed >>> 24), M);
  }
  if (whole < bytes.length) hash = Math.imul(hash ^ bytes.readUIntLE(whole, bytes.length - whole), M);
  hash = Math.imul(hash ^ (hash >>> 13), M);
  return hash ^ (hash >>> 15);
}
