const DAY_MS = 86_400_000;

/** Days since the epoch, in UTC. */
export type Day = number;

export const dayOf = (ms: number): Day => Math.floor(ms / DAY_MS);

export const startOf = (day: Day): string => new Date(day * DAY_MS).toISOString();

/** The day of rows with an impossible time. Retention never reaches it. */
const NO_TIME = Date.UTC(2100, 0, 1);
const FIRST_TIME = Date.UTC(2000, 0, 1);
const DAYS_AHEAD_AT_MOST = 31;

/**
 * The time that a row is kept under, in epoch milliseconds, from the time in its record. Times up to a month ahead get partitions of their own. Later
 * ones, and those before 2000, share one.
 */
export const dated = (ms: number, now: number): number => (ms >= FIRST_TIME && ms < now + DAYS_AHEAD_AT_MOST * DAY_MS ? ms : NO_TIME);

/**
 * The time that a process gave for what it recorded, epoch milliseconds. If it is more than a day after the record's own time, its clock is wrong,
 * and the record's time is taken.
 */
export const near = (ms: number, recordedAt: number): number => (ms >= FIRST_TIME && ms <= recordedAt + DAY_MS ? ms : recordedAt);

/** The name of a day's partition, as `attempts_20260131`. */
export const partitionName = (table: string, day: Day): string => `${table}_${startOf(day).slice(0, 10).replaceAll('-', '')}`;

/** The day in a partition's name; null = it is no partition of `table`. */
export function dayOfPartition(table: string, name: string): Day | null {
  const [, year, month, day] = new RegExp(`^${table}_(\\d{4})(\\d\\d)(\\d\\d)$`).exec(name) ?? [];
  return year ? dayOf(Date.UTC(Number(year), Number(month) - 1, Number(day))) : null;
}
