import { KEYED_KINDS, LabelName, LabelValue, MOST_LABELS, reference, type AggregateKind, type KeyedKind } from '@nuncio/contracts';
import { orExcluded, parted } from '@nuncio/service';
import { z } from 'zod';
import type { Resource, Wanted } from '../event-store/index.js';

/** A parameter of a list: its schema, and the condition on resources. The names of its SQL parameters begin with the filter's name. */
export interface Filter {
  readonly schema: z.ZodType;
  /** The kind of resource that its values are ids of. An id is refused if it does not exist, or the caller may not see it. */
  readonly of?: AggregateKind;
  /**
   * Whether matches are found by the filter's own index: always, or only if there are few. Otherwise resources are checked in the order of the list.
   */
  readonly leads?: 'always' | 'where-few';
  /** `named`: the resources that the values name. */
  where(value: never, name: string, named: readonly Resource[]): Wanted;
}
export type Filters = Readonly<Record<string, Filter>>;

const MAX_VALUES = 100;

// PostgreSQL's text cannot have NUL.
const hasNoNul = (text: string): boolean => !text.includes('\0');
const NO_NUL = 'must not contain NUL';
export const Text = z.string().min(1).max(2_048).refine(hasNoNul, NO_NUL);

/** A parameter that may be repeated: `?name=a&name=b` matches either. */
export const anyOf = <S extends z.ZodType<unknown, string>>(one: S) => z.union([one.transform((value): z.output<S>[] => [value]), z.array(one).max(MAX_VALUES)]);

/** A single value is compared by `=`: PostgreSQL knows that the index keeps its order then, unlike with `= any`. */
const isIn = (sql: string) => (values: readonly string[], name: string): Wanted =>
  values.length === 1 ? { sql: `${sql} = :${name}`, values: { [name]: values[0] } } : { sql: `${sql} = any(:${name})`, values: { [name]: values } };

/** A text in the state, or another column. */
export const textOf = (sql: string, description: string, one: z.ZodType<string, string> = Text): Filter => ({ schema: anyOf(one).meta({ description }), where: isIn(sql) });

/** One of a closed list; `!value` excludes. */
export const oneOf = (sql: string, known: { readonly options: readonly string[] }, description: string): Filter => ({
  schema: anyOf(orExcluded(known.options)).meta({ description }),
  where: (values: readonly string[], name) => {
    const { wanted, unwanted } = parted(values);
    const [include, exclude] = [isIn(sql)(wanted, name), isIn(sql)(unwanted, `${name}Not`)];
    return {
      sql: [...(wanted.length ? [include.sql] : []), ...(unwanted.length ? [`not (${exclude.sql})`] : [])].join(' and '),
      values: { ...(wanted.length && include.values), ...(unwanted.length && exclude.values) },
    };
  },
});

const KEYED: ReadonlySet<string> = new Set(Object.values(KEYED_KINDS));

/** By a resource that it names or depends on. */
export const named = (kind: AggregateKind, where: (ids: readonly string[], name: string, named: readonly Resource[]) => Wanted): Filter => ({
  schema: anyOf(KEYED.has(kind) ? reference(kind as KeyedKind) : Text),
  of: kind,
  where,
});

/** `?label.env=prod` or `?label[env]=prod`: resources with all of these labels, each with any of its values. */
export const labels: Filter = {
  leads: 'where-few',
  schema: z.record(LabelName, anyOf(LabelValue.refine(hasNoNul, NO_NUL))).refine((given) => Object.keys(given).length <= MOST_LABELS, `are at most ${MOST_LABELS}`).meta({ description: 'Label, `label.<name>=<value>`. A repeated name matches any of its values; several names must all match' }),
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
