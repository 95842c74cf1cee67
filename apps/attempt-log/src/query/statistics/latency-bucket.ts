/** Each bucket of latency is a quarter wider than the one before: a percentile read from them is at most a quarter too high. 47 of them reach 30 s. */
export const BUCKET_GROWTH = 1.25;

/** The upper end of a bucket in milliseconds. */
export const upperEndOf = (bucket: number): number => Math.round(BUCKET_GROWTH ** bucket);

/** The milliseconds within which that share of all attempts was over; null where there are none. `counts`: attempts by bucket. */
export function percentile(counts: ReadonlyMap<number, number>, share: number): number | null {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  let seen = 0;
  for (const [bucket, count] of [...counts].sort(([a], [b]) => a - b)) {
    seen += count;
    if (seen >= share * total) return upperEndOf(bucket);
  }
  return null;
}
