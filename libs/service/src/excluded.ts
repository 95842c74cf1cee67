import { z } from 'zod';

/** A value of a closed list, or `!value` for everything else. */
export type Excluded<T extends string> = T | `!${T}`;

/** One of these values, or `!` and one of them. */
export const orExcluded = <T extends string>(known: readonly T[]): z.ZodType<Excluded<T>, Excluded<T>> =>
  z.enum([...known, ...known.map((value) => `!${value}` as const)], { error: `must be one of ${known.join(', ')}, or \`!\` and one of these` });

/** The values that a filter asks for, and those that it excludes. */
export const parted = <T extends string>(values: readonly Excluded<T>[]): { readonly wanted: T[]; readonly unwanted: T[] } => ({
  wanted: values.filter((value): value is T => !value.startsWith('!')),
  unwanted: values.filter((value) => value.startsWith('!')).map((value) => value.slice(1) as T),
});
