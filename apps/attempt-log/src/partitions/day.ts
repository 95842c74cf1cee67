const DAY_MS = 86_400_000;

/** A day in UTC, counted from the epoch. */
export type Day = number;

export const dayOf = (ms: number): Day => Math.floor(ms / DAY_MS);

export const startOf = (day: Day): string => new Date(day * DAY_MS).toISOString();

/** Where rows are kept whose time cannot be: retention never comes to it. */
const NO_TIME = Date.UTC(2100, 0, 1);
const FIRST_TIME = Date.UTC(2000, 0, 1);
const DAYS_AHEAD_AT_MOST = 31;

/**
 * The time that a row is kept under, of one that a record came with. A clock that is wrong by days gets partitions of its own, up to a month ahead; beyond, and
 * before 2000, all share one.
 */
export const dated = (ms: number, now: number): number => (ms >= FIRST_TIME && ms < now + DAYS_AHEAD_AT_MOST * DAY_MS ? ms : NO_TIME);

/** When a process did what it put on record. It cannot have been more than a day after the record: such a clock is wrong, and the record's time is taken. */
export const near = (ms: number, recordedAt: number): number => (ms >= FIRST_TIME && ms <= recordedAt + DAY_MS ? ms : recordedAt);

/** `attempts_20260131`: the name of a day's partition. */
export const partitionName = (table: string, day: Day): string => `${table}_${startOf(day).slice(0, 10).replaceAll('-', '')}`;

/** The day of a partition's name; null where it is none of `table`. */
export function dayOfPartition(table: string, name: string): Day | null {
  const [, year, month, day] = new RegExp(`^${table}_(\\d{4})(\\d\\d)(\\d\\d)$`).exec(name) ?? [];
  return year ? dayOf(Date.UTC(Number(year), Number(month) - 1, Number(day))) : null;
}
