const DAY_MS = 86_400_000;

/** A day in UTC, counted from the epoch. */
export type Day = number;

export const dayOf = (ms: number): Day => Math.floor(ms / DAY_MS);

export const startOf = (day: Day): string => new Date(day * DAY_MS).toISOString();

/** `attempts_20260131`: the name of a day's partition. */
export const partitionName = (table: string, day: Day): string => `${table}_${startOf(day).slice(0, 10).replaceAll('-', '')}`;

/** The day of a partition's name; null where it is none of `table`. */
export function dayOfPartition(table: string, name: string): Day | null {
  const [, year, month, day] = new RegExp(`^${table}_(\\d{4})(\\d\\d)(\\d\\d)$`).exec(name) ?? [];
  return year ? dayOf(Date.UTC(Number(year), Number(month) - 1, Number(day))) : null;
}
