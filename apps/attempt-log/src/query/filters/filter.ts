import { LabelName, LabelValue, MOST_LABELS, reference, type KeyedKind } from '@nuncio/contracts';
import { gathered, orExcluded, parted, type Excluded } from '@nuncio/service';
import { z } from 'zod';
import type { Bind } from '../statement.js';

/** One query parameter: its schema, and the SQL condition it becomes. */
export interface Filter<V = unknown> {
  readonly schema: z.ZodType<V>;
  where(value: V, bind: Bind): string;
  /** The condition that an index leads by, if it differs from `where`. */
  lead?(value: V, bind: Bind): string;
  /** The key in `log.event_keys` that all matches have; null = there is no single one. */
  key?(value: V): string | null;
  /** The filter of a delivery is about its event, whose row may be written later, so streams do not offer it. */
  readonly ofEvent?: true;
}

/** Describes a filter whose name does not say what it is. */
export const meaning = <V>(description: string, filter: Filter<V>): Filter<V> => ({ ...filter, schema: filter.schema.describe(description) });

const MAX_VALUES = 100;

/** A parameter that may be repeated: `?status=failed&status=parked` matches either. */
export const repeatable = <S extends z.ZodType>(item: S) => z.preprocess((given) => [given].flat(), z.array(item).min(1).max(MAX_VALUES));

// PostgreSQL's text cannot have NUL, so nothing could match.
export const Text = z
  .string()
  .min(1)
  .max(1_024)
  .refine((text) => !text.includes('\0'), 'must not contain NUL');

export const equals = (column: string): Filter<string[]> => ({ schema: repeatable(Text), where: (values, bind) => isAnyOf(column, values, bind) });

/** By the id of a resource, or its external id. */
export const refersTo = (column: string, kind: KeyedKind): Filter<string[]> => ({ ...equals(column), schema: repeatable(Text.meta(reference(kind).meta() ?? {})) });

/** One of a closed list. `!failed` excludes. */
export const oneOf = <T extends string>(column: string, known: z.ZodType<T> & { readonly options: readonly T[] }): Filter<Excluded<T>[]> =>
  excludable(known.options, (values, bind) => isAnyOf(column, values, bind));

/** Any of these values of a closed list, or `!value` for everything else. */
export const excludable = <T extends string>(known: readonly T[], where: (values: T[], bind: Bind) => string): Filter<Excluded<T>[]> => ({
  schema: repeatable(orExcluded(known)),
  where: without(where),
});

/** The condition for values of which some may be excluded. Rows without a value have none that is excluded. No values find nothing. */
const without =
  <T extends string>(where: (values: T[], bind: Bind) => string) =>
  (values: readonly Excluded<T>[], bind: Bind): string => {
    const { wanted, unwanted } = parted(values);
    const all = [...(wanted.length ? [where(wanted, bind)] : []), ...(unwanted.length ? [`(${where(unwanted, bind)}) IS NOT TRUE`] : [])];
    return all.length ? all.join(' AND ') : 'false';
  };

/** Whether a filter's values leave room for this one. */
export const admits = (values: readonly string[], value: string): boolean => {
  const { wanted, unwanted } = parted(values);
  return !unwanted.includes(value) && (wanted.length === 0 || wanted.includes(value));
};

/** A single value is compared by `=`: PostgreSQL knows that the index keeps its order then, unlike with `= ANY`. */
export const isAnyOf = (column: string, values: readonly string[], bind: Bind): string =>
  values.length === 1 ? `${column} = ${bind(values[0])}` : `${column} = ANY(${bind(values)}::text[])`;

/** Values by name. Each name costs one more look at each row. */
export const byName = (name: z.ZodString, value: z.ZodType<string>, most: number) =>
  z.record(name, repeatable(value)).refine((given) => Object.keys(given).length <= most, `are at most ${most}`);

export type LabelsAsked = Record<string, string[]>;

/** SQL condition: `log.owners o` has all these labels. An index answers it. */
export const hasLabels = (given: LabelsAsked, bind: Bind): string =>
  ['true', ...Object.entries(given).map(([name, values]) => `(${values.map((value) => `o.labels @> ${bind(JSON.stringify({ [name]: value }))}::jsonb`).join(' OR ')})`)].join(' AND ');

/** By the present or last labels of the callback or credential that a row names. */
export const labelled = (of: 'callback' | 'credential'): Filter<LabelsAsked> => ({
  schema: byName(LabelName, LabelValue.refine((text) => !text.includes('\0'), 'must not contain NUL'), MOST_LABELS).describe(`Label of the ${of}: \`label.<name>=<value>\`. A repeated name matches any of its values; several names must all match`),
  where: (given, bind) => `${of} IN (SELECT o.id FROM log.owners o WHERE o.kind = '${of}' AND ${hasLabels(given, bind)})`,
});

const StatusPattern = z.string().regex(/^!?[1-5](\d\d|xx)$/, 'must be a status such as 503 or a class such as 5xx, or `!` and one of them');

/** A status or a class: `503` or `5xx`; `!5xx` excludes. */
export const httpStatus = (column: string): Filter<string[]> => ({
  schema: repeatable(StatusPattern),
  where: without((patterns, bind) => {
    const classes = patterns.filter((p) => p.endsWith('xx')).map((p) => Number(p[0]));
    const statuses = patterns.filter((p) => !p.endsWith('xx')).map(Number);
    return `(${column} = ANY(${bind(statuses)}::int[]) OR ${column} / 100 = ANY(${bind(classes)}::int[]))`;
  }),
});

const EARLIEST = '1970';
const LATEST = Date.parse('9999-12-31T23:59:59.999Z');

/** A time in UTC, at least 1970. PostgreSQL has no year 0, and no offset beyond 16 hours, while RFC 3339 allows up to 24. */
export const Time = z.iso
  .datetime({ offset: true, error: 'must be an RFC 3339 time such as 2026-01-31T12:00:00Z' })
  .transform((text) => new Date(Math.min(Math.max(Date.parse(text), 0), LATEST)).toISOString());

export const notBefore = (column: string): Filter<string> => ({ schema: Time, where: (time, bind) => `${column} >= ${bind(time)}::timestamptz` });
export const before = (column: string): Filter<string> => ({ schema: Time, where: (time, bind) => `${column} < ${bind(time)}::timestamptz` });

/** The end of a page: time and id of its last row. Opaque to callers. Stays valid while newer rows come. */
export interface Cursor {
  readonly at: string;
  readonly id: string;
}

/** With PostgreSQL's precision of microseconds. */
const CursorContent = z.tuple([z.iso.datetime().refine((at) => at >= EARLIEST), Text]);

export const encodeCursor = ({ at, id }: Cursor): string => Buffer.from(JSON.stringify([at, id])).toString('base64url');

/** Reads what `encodeCursor` gave. Throws on anything else. */
export function decodeCursor(text: string): Cursor {
  const [at, id] = CursorContent.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
  return { at, id };
}

const Cursor = z
  .string()
  .max(512)
  .transform((text, context): Cursor => {
    try {
      return decodeCursor(text);
    } catch {
      context.addIssue({ code: 'custom', message: 'must be the `next` of a page' });
      return z.NEVER;
    }
  });

export interface Paging {
  readonly limit: number;
  readonly cursor?: Cursor | undefined;
}

/** Filters by parameter name. */
export type Filters = Readonly<Record<string, Filter>>;
/** The values given for filters. */
export type Given<F extends Filters> = { readonly [N in keyof F]?: F[N] extends Filter<infer V> ? V | undefined : never };
export type Query<F extends Filters> = Paging & Given<F>;

/** The filters as optional fields of a schema. */
export const fieldsOf = (filters: Filters): Record<string, z.ZodOptional> =>
  Object.fromEntries(Object.entries(filters).map(([name, { schema }]) => [name, schema.optional()]));

/** Accepts parameters `label.<name>` and `ext.<name>`. */
export const withNamed = <S extends z.ZodType>(query: S) => z.preprocess((given) => gathered('label')(gathered('ext')(given)), query);

/** The query of a list: its filters, `limit`, `cursor`, the fields of `more`, and nothing else. */
export function listQuery<F extends Filters>(filters: F): z.ZodType<Query<F>>;
export function listQuery<F extends Filters, M extends z.ZodRawShape>(filters: F, more: M): z.ZodType<Query<F> & z.output<z.ZodObject<M>>>;
export function listQuery(filters: Filters, more: z.ZodRawShape = {}): z.ZodType {
  const limit = z.coerce.number().int().min(1).max(100).default(50);
  return withNamed(z.strictObject({ ...fieldsOf(filters), ...more, limit, cursor: Cursor.optional() }));
}

/** The query of a stream: its filters without those about the event, and nothing else. */
export const streamQuery = <F extends Filters>(filters: F): z.ZodType<Given<F>> =>
  withNamed(z.strictObject(fieldsOf(Object.fromEntries(Object.entries(filters).filter(([, { ofEvent }]) => !ofEvent))))) as unknown as z.ZodType<Given<F>>;

/** SQL conditions of the given filters. */
export function conditions<F extends Filters>(filters: F, query: Given<F>, bind: Bind): string[] {
  return Object.entries(filters).flatMap(([name, filter]) => {
    const value: unknown = query[name];
    return value === undefined ? [] : [filter.where(value, bind)];
  });
}
