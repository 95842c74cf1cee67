/** Each bucket is a quarter wider than the one before, so a percentile is at most a quarter too high. 47 buckets reach 30 s. */
export const BUCKET_GROWTH = 1.25;

/** The upper end of a bucket in milliseconds. */
const upperEndOf = (bucket: number): number => Math.round(BUCKET_GROWTH ** bucket);

/** The latency in milliseconds that this share of all attempts did not exceed; null = there are no attempts. `counts`: attempts by bucket. */
export function percentile(counts: ReadonlyMap<number, number>, share: number): number | null {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  let seen = 0;
  for (const [bucket, count] of [...counts].sort(([a], [b]) => a - b)) {
    seen += count;
    if (seen >= share * total) return upperEndOf(bucket);
  }
  return null;
}
