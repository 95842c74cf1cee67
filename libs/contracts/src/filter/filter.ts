import { z } from 'zod';

/** The value to compare an attribute with. In the payload it may also be a number (an IEEE double), a boolean or null. */
export type FilterValue = string | number | boolean | null;

/**
 * A subset of the filter dialects in the CloudEvents Subscriptions API 1.0 (§3.2.4): `exact`, `prefix`, `suffix` compare; `all`, `any`, `not`
 * combine. All comparisons of one dialect must hold; an absent value never matches. A key is the name of a context attribute, or a JSON pointer (RFC
 * 6901) into the event in CloudEvents' JSON format that begins with `/data`: `{"exact": {"type": "order.paid", "/data/country": "DE"}}`.
 */
export interface Filter {
  readonly exact?: Readonly<Record<string, FilterValue>> | undefined;
  readonly prefix?: Readonly<Record<string, string>> | undefined;
  readonly suffix?: Readonly<Record<string, string>> | undefined;
  readonly all?: readonly Filter[] | undefined;
  readonly any?: readonly Filter[] | undefined;
  readonly not?: Filter | undefined;
}

/** A filter is applied to every event of its tenant and types, so its size is limited. */
export const MAX_FILTER_DEPTH = 8;
/** Comparisons and combinations together. */
export const MAX_FILTER_PARTS = 64;

// CloudEvents 1.0.2 §3.1; RFC 6901 §3.
const ATTRIBUTE = /^[a-z0-9]{1,64}$/;
const DATA_POINTER = /^\/data(\/([^~]|~[01])*)?$/;

const Path = z
  .string()
  .max(256)
  .refine((path) => ATTRIBUTE.test(path) || DATA_POINTER.test(path), 'must be the name of an attribute, or a JSON pointer that begins with /data');
const Text = z.string().min(1).max(1_024);

const comparison = <V extends z.ZodType<FilterValue>>(value: V) =>
  z
    .record(Path, value)
    .refine((compared) => Object.keys(compared).length > 0, 'must compare at least one attribute')
    .optional();

const isAttributeText = ([path, value]: [string, FilterValue]): boolean => path.startsWith('/') || typeof value === 'string';

const Exact = comparison(z.union([z.string().max(1_024), z.number(), z.boolean(), z.null()])).refine(
  (compared) => Object.entries(compared ?? {}).every(isAttributeText),
  'attributes are text: compare them with strings',
);

const Dialect: z.ZodType<Filter> = z
  .strictObject({
    exact: Exact.describe('Attributes, or JSON pointers into `/data`, that have these values'),
    prefix: comparison(Text).describe('Attributes that begin with these texts'),
    suffix: comparison(Text).describe('Attributes that end with these texts'),
    get all() {
      return z.array(Dialect).min(1).optional().describe('All of these filters pass');
    },
    get any() {
      return z.array(Dialect).min(1).optional().describe('At least one of these filters passes');
    },
    get not() {
      return Dialect.optional().describe('This filter does not pass');
    },
  })
  .refine((filter) => Object.keys(filter).length === 1, 'must be one of exact, prefix, suffix, all, any, not')
  .meta({ id: 'Filter', description: 'A dialect of the CloudEvents Subscriptions API', minProperties: 1, maxProperties: 1, examples: [{ exact: { '/data/country': 'DE' } }] });

/** Checks the size first, so that parsing recurses no deeper than a filter may be nested. */
export const Filter: z.ZodType<Filter> = z.preprocess((given, context) => {
  if (partsOf(given) > MAX_FILTER_PARTS) context.addIssue({ code: 'custom', message: `must have at most ${MAX_FILTER_PARTS} parts, nested at most ${MAX_FILTER_DEPTH} deep` });
  return given;
}, Dialect);

function partsOf(given: unknown, depth = 1): number {
  if (typeof given !== 'object' || given === null) return 1;
  if (depth > MAX_FILTER_DEPTH) return Infinity;
  const { all, any, not, ...compared } = given as Record<string, unknown>;
  const comparisons = Object.values(compared).flatMap((paths) => Object.keys(paths ?? {}));
  const inner = [all, any, not].flat().filter((filter) => filter !== undefined);
  return inner.reduce<number>((parts, filter) => parts + partsOf(filter, depth + 1), 1 + comparisons.length);
}
