import { KEYED_KINDS, LabelName, LabelValue, MOST_LABELS, reference, type AggregateKind, type KeyedKind } from '@nuncio/contracts';
import { z } from 'zod';
import type { Resource, Wanted } from '../event-store/index.js';

/** One parameter of a list: what it accepts, and what of a resource it asks for. The names of its values begin with the filter's. */
export interface Filter {
  readonly schema: z.ZodType;
  /** The kind that its values are ids of; one that is not there, or not the caller's, is refused. */
  readonly of?: AggregateKind;
  /** It has an index of its own, by which its resources are looked for: always, or where few have what is asked for. Else it is looked for in the order of the list. */
  readonly leads?: 'always' | 'where-few';
  /** `named`: what its values are ids of. */
  where(value: never, name: string, named: readonly Resource[]): Wanted;
}
export type Filters = Readonly<Record<string, Filter>>;

const MAX_VALUES = 100;

// PostgreSQL has no text with a NUL in it.
const hasNoNul = (text: string): boolean => !text.includes('\0');
const NO_NUL = 'must not contain NUL';
export const Text = z.string().min(1).max(2_048).refine(hasNoNul, NO_NUL);

/** `?name=a&name=b`: any of them. */
export const anyOf = <S extends z.ZodType<unknown, string>>(one: S) => z.union([one.transform((value): z.output<S>[] => [value]), z.array(one).max(MAX_VALUES)]);

/** Of `=` PostgreSQL knows that an index keeps the order behind it; of `= any` it does not, be it one value. */
const isIn = (sql: string) => (values: readonly string[], name: string): Wanted =>
  values.length === 1 ? { sql: `${sql} = :${name}`, values: { [name]: values[0] } } : { sql: `${sql} = any(:${name})`, values: { [name]: values } };

/** A text of the state, or another column. */
export const textOf = (sql: string, description: string, one: z.ZodType<string, string> = Text): Filter => ({ schema: anyOf(one).meta({ description }), where: isIn(sql) });

/** One of a closed set. */
export const oneOf = <T extends string>(sql: string, known: z.ZodType<T, string>, description: string): Filter => ({ schema: anyOf(known).meta({ description }), where: isIn(sql) });

const KEYED: ReadonlySet<string> = new Set(Object.values(KEYED_KINDS));

/** By what it names, or depends on. */
export const named = (kind: AggregateKind, where: (ids: readonly string[], name: string, named: readonly Resource[]) => Wanted): Filter => ({
  schema: anyOf(KEYED.has(kind) ? reference(kind as KeyedKind) : Text),
  of: kind,
  where,
});

/** `?label.env=prod`, or `?label[env]=prod`: it has all of these labels, each with any of the values given for it. */
export const labels: Filter = {
  leads: 'where-few',
  schema: z.record(LabelName, anyOf(LabelValue.refine(hasNoNul, NO_NUL))).refine((given) => Object.keys(given).length <= MOST_LABELS, `are at most ${MOST_LABELS}`).meta({ description: 'Has this label, `label.<name>=<value>`; repeated: any of the values; of several names, all' }),
  where: (given: Readonly<Record<string, string[]>>, name) => {
    const values: Record<string, string> = {};
    const all = Object.entries(given).map(([label, any], i) => {
      const alternatives = any.map((value, j) => {
        values[`${name}${i}_${j}`] = JSON.stringify({ [label]: value });
        return `resource.state -> 'labels' @> :${name}${i}_${j}::jsonb`;
      });
      return `(${alternatives.join(' or ')})`;
    });
    return { sql: ['true', ...all].join(' and '), values };
  },
};
