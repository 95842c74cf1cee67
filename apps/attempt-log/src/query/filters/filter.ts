import { LabelName, LabelValue, MOST_LABELS, reference, type KeyedKind } from '@nuncio/contracts';
import { gathered } from '@nuncio/service';
import { z } from 'zod';

/** Takes a value into the statement and gives its placeholder. */
export type Bind = (value: unknown) => string;

/** One query parameter: what it accepts, and the SQL condition it becomes. */
export interface Filter<V = unknown> {
  readonly schema: z.ZodType<V>;
  where(value: V, bind: Bind): string;
  /** What an index leads by, where that is another condition. */
  lead?(value: V, bind: Bind): string;
  /** The one key of `log.event_keys` that what is asked for has; null = there is no such one. */
  key?(value: V): string | null;
  /** It is about the event, whose row may be written later: a stream cannot go by it. */
  readonly ofEvent?: true;
}

/** A filter whose name does not say what it is. */
export const meaning = <V>(description: string, filter: Filter<V>): Filter<V> => ({ ...filter, schema: filter.schema.describe(description) });

const MAX_VALUES = 100;

/** `?status=failed&status=parked` = any of them. */
export const repeatable = <S extends z.ZodType>(item: S) => z.preprocess((given) => [given].flat(), z.array(item).min(1).max(MAX_VALUES));

// PostgreSQL has no text with NUL in it, so nothing can match.
export const Text = z
  .string()
  .min(1)
  .max(1_024)
  .refine((text) => !text.includes('\0'), 'must not contain NUL');

export const equals = (column: string): Filter<string[]> => ({ schema: repeatable(Text), where: (values, bind) => isAnyOf(column, values, bind) });

/** By the id of a resource, which can be an external one. */
export const refersTo = (column: string, kind: KeyedKind): Filter<string[]> => ({ ...equals(column), schema: repeatable(Text.meta(reference(kind).meta() ?? {})) });

export const oneOf = <T extends string>(column: string, known: z.ZodType<T>): Filter<T[]> => ({
  schema: repeatable(known),
  where: (values, bind) => isAnyOf(column, values, bind),
});

/** Of `=` PostgreSQL knows that an index keeps the order behind it; of `= ANY` it does not, be it one value. */
export const isAnyOf = (column: string, values: readonly string[], bind: Bind): string =>
  values.length === 1 ? `${column} = ${bind(values[0])}` : `${column} = ANY(${bind(values)}::text[])`;

/** Values by names: each name is one more look at each row, and one more part of the statement. */
export const byName = (name: z.ZodString, value: z.ZodType<string>, most: number) =>
  z.record(name, repeatable(value)).refine((given) => Object.keys(given).length <= most, `are at most ${most}`);

/** By the labels that configuration has, or had last, for what a row names: one look at `log.owners` by its key a row, as for who may see it. */
export const labelled = (of: 'callback' | 'credential'): Filter<Record<string, string[]>> => ({
  schema: byName(LabelName, LabelValue.refine((text) => !text.includes('\0'), 'must not contain NUL'), MOST_LABELS).describe(`Of the ${of}: it has this label, \`label.<name>=<value>\`; repeated: any of the values; of several names, all`),
  where: (given, bind) => {
    const all = Object.entries(given).map(([name, values]) => isAnyOf(`o.labels ->> ${bind(name)}::text`, values, bind));
    return `(SELECT ${['true', ...all].join(' AND ')} FROM log.owners o WHERE o.kind = '${of}' AND o.id = ${of})`;
  },
});

const StatusPattern = z.string().regex(/^[1-5](\d\d|xx)$/, 'must be a status such as 503 or a class such as 5xx');

/** `503` or `5xx`. */
export const httpStatus = (column: string): Filter<string[]> => ({
  schema: repeatable(StatusPattern),
  where: (patterns, bind) => {
    const classes = patterns.filter((p) => p.endsWith('xx')).map((p) => Number(p[0]));
    const statuses = patterns.filter((p) => !p.endsWith('xx')).map(Number);
    return `(${column} = ANY(${bind(statuses)}::int[]) OR ${column} / 100 = ANY(${bind(classes)}::int[]))`;
  },
});

const EARLIEST = '1970';
const LATEST = Date.parse('9999-12-31T23:59:59.999Z');

/** In UTC, and no earlier than 1970, when nothing had happened yet: PostgreSQL knows no year 0, and no offset beyond 16 hours where RFC 3339 goes to 24. */
export const Time = z.iso
  .datetime({ offset: true, error: 'must be an RFC 3339 time such as 2026-01-31T12:00:00Z' })
  .transform((text) => new Date(Math.min(Math.max(Date.parse(text), 0), LATEST)).toISOString());

export const notBefore = (column: string): Filter<string> => ({ schema: Time, where: (time, bind) => `${column} >= ${bind(time)}::timestamptz` });
export const before = (column: string): Filter<string> => ({ schema: Time, where: (time, bind) => `${column} < ${bind(time)}::timestamptz` });

/** Where a page ends: the time and id of its last row. Opaque to callers, and stable while newer rows come. */
export interface Cursor {
  readonly at: string;
  readonly id: string;
}

/** As PostgreSQL gives it, which is to the microsecond. */
const CursorContent = z.tuple([z.iso.datetime().refine((at) => at >= EARLIEST), Text]);

export const encodeCursor = ({ at, id }: Cursor): string => Buffer.from(JSON.stringify([at, id])).toString('base64url');

/** The cursor that `encodeCursor` gave. Throws on anything else. */
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
/** What was given of them. */
export type Given<F extends Filters> = { readonly [N in keyof F]?: F[N] extends Filter<infer V> ? V | undefined : never };
export type Query<F extends Filters> = Paging & Given<F>;

/** The fields of a schema: each filter, none required. */
export const fieldsOf = (filters: Filters): Record<string, z.ZodOptional> =>
  Object.fromEntries(Object.entries(filters).map(([name, { schema }]) => [name, schema.optional()]));

/** What a list accepts: its filters, `limit` and `cursor`, what `more` has, and nothing else. */
export function listQuery<F extends Filters>(filters: F): z.ZodType<Query<F>>;
export function listQuery<F extends Filters, M extends z.ZodRawShape>(filters: F, more: M): z.ZodType<Query<F> & z.output<z.ZodObject<M>>>;
export function listQuery(filters: Filters, more: z.ZodRawShape = {}): z.ZodType {
  const limit = z.coerce.number().int().min(1).max(100).default(50);
  return z.preprocess(gathered('ext'), z.strictObject({ ...fieldsOf(filters), ...more, limit, cursor: Cursor.optional() }));
}

/** What a stream accepts: its filters, but those that are about the event, and nothing else. */
export const streamQuery = <F extends Filters>(filters: F): z.ZodType<Given<F>> =>
  z.strictObject(fieldsOf(Object.fromEntries(Object.entries(filters).filter(([, { ofEvent }]) => !ofEvent)))) as unknown as z.ZodType<Given<F>>;

/** The conditions of the filters that were given. */
export function conditions<F extends Filters>(filters: F, query: Given<F>, bind: Bind): string[] {
  return Object.entries(filters).flatMap(([name, filter]) => {
    const value: unknown = query[name];
    return value === undefined ? [] : [filter.where(value, bind)];
  });
}
