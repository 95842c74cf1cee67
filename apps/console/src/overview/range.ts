/** A time range that ends now, in steps of one width. */
export interface Range {
  readonly name: string;
  readonly since: string;
  readonly step: 'minute' | 'hour' | 'day';
  /** `a minute` */
  readonly each: string;
  readonly stepMs: number;
  readonly steps: number;
}

export const RANGES: readonly [Range, ...Range[]] = [
  { name: 'last hour', since: '-1h', step: 'minute', each: 'a minute', stepMs: 60_000, steps: 60 },
  { name: 'last 24 hours', since: '-1d', step: 'hour', each: 'an hour', stepMs: 3_600_000, steps: 24 },
  { name: 'last 7 days', since: '-7d', step: 'hour', each: 'an hour', stepMs: 3_600_000, steps: 168 },
  { name: 'last 30 days', since: '-30d', step: 'day', each: 'a day', stepMs: 86_400_000, steps: 30 },
];

export const rangeOf = (since: string | undefined): Range => RANGES.find((range) => range.since === since) ?? RANGES[0];
