import fc from 'fast-check';

/** The parts of JSON Schema 2020-12 that zod writes. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
}

/** How to make values of a schema. `known`: existing values for a field of that name. */
export interface Source {
  readonly schemas: Readonly<Record<string, Schema>>;
  readonly known: (field: string) => readonly unknown[];
  /** Only valid values. */
  readonly isInside?: boolean;
  /** How deep a recursive schema may still go. */
  readonly depth: number;
}

/** Texts that often cause failures, for fields without other rules. */
const ODD = ['', ' ', '0', '-1', 'null', '\0', 'a\r\nb: c', '€', '😀', '\ud800', 'é', '%00', '__proto__', 'constructor', '../x', '{"a":1}', '1e999', '*', '..', "'; --", '\u202e', 'x'.repeat(256), 'x'.repeat(10_000)];
const ODD_TIMES = ['0000-01-01T00:00:00Z', '0001-01-01T00:00:00Z', '1969-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z', '2026-02-30T00:00:00Z', '2026-06-30T23:59:60Z', '2026-01-01T00:00:00+23:59', '2026-01-01T00:00:00-24:00', '2026-01-01T00:00:00.123456789Z', '+275760-09-13T00:00:00Z'];
const ODD_NUMBERS = [0, -0, 1, -1, 0.1, 1e-7, 1e-50, 5e-324, 1e21, 1e308, 2 ** 31, 2 ** 32, 2 ** 53, -(2 ** 53), 8.64e15 + 1];
/** The most entries of records and lists without a limit. */
const MANY = 3;

/** Values at the edges of a schema, mostly valid ones. `field`: the field's name. */
export function edges(schema: Schema, source: Source, field = ''): fc.Arbitrary<unknown> {
  const known = source.known(field);
  const made = source.isInside ? within(schema, source, field) : fc.oneof({ weight: 12, arbitrary: within(schema, source, field) }, { weight: 1, arbitrary: fc.constantFrom<unknown>(...ODD, ...ODD_NUMBERS, null, true, [], {}, [[]]) });
  return known.length === 0 ? made : fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...known) }, { weight: 1, arbitrary: made });
}

function within(schema: Schema, source: Source, field: string): fc.Arbitrary<unknown> {
  const { $ref, allOf, type } = schema;
  if ($ref !== undefined) {
    const named = source.schemas[$ref.split('/').at(-1) ?? ''] ?? {};
    return source.depth === 0 ? fc.constantFrom<unknown>(...ODD, {}, []) : fc.constant(null).chain(() => edges(named, { ...source, depth: source.depth - 1 }, field));
  }
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return fc.oneof(...choices.map((choice) => edges(choice, source, field)));
  if (allOf) return fc.tuple(...allOf.map((part) => within(part, source, field))).map((parts) => Object.assign({}, ...(parts as object[])) as unknown);
  if (typeof type === 'object') return fc.oneof(...type.map((one) => within({ ...schema, type: one }, source, field)));
  switch (type) {
    case 'string':
      return texts(schema, source);
    case 'number':
    case 'integer':
      return numbers(schema, source);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return lists(schema, source, field);
    case 'object':
      return objects(schema, source);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function texts({ minLength = 0, maxLength, pattern, format }: Schema, { isInside }: Source): fc.Arbitrary<string> {
  if (format === 'date-time') return fc.oneof(fc.constantFrom(...ODD_TIMES), fc.date({ min: new Date(0), max: new Date('2030-01-01'), noInvalidDate: true }).map((date) => date.toISOString()));
  const lengths = [...new Set([minLength, minLength + 1, Math.min(maxLength ?? 40, 20_000)])].map((length) => fc.constant('x'.repeat(length)));
  const beyond = [Math.max(0, minLength - 1), ...(maxLength === undefined || maxLength > 20_000 ? [] : [maxLength + 1])].map((length) => fc.constant('x'.repeat(length)));
  const matching = pattern === undefined ? [fc.string({ minLength, maxLength: Math.max(minLength, Math.min(maxLength ?? 40, 40)) })] : [fromPattern(pattern)];
  if (isInside) return fc.oneof(...matching, ...(pattern === undefined ? lengths : []));
  return fc.oneof(...matching, ...matching, ...matching, ...lengths, fc.constantFrom(...ODD), ...beyond);
}

/** fast-check supports most patterns, not all. */
function fromPattern(pattern: string): fc.Arbitrary<string> {
  try {
    return fc.stringMatching(new RegExp(pattern, 'u'));
  } catch {
    return fc.string();
  }
}

function numbers({ type, minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Schema, { isInside }: Source): fc.Arbitrary<number> {
  const least = minimum ?? exclusiveMinimum;
  const most = maximum ?? exclusiveMaximum;
  const step = type === 'integer' ? 1 : 0.001;
  const inside = [least, most, least === undefined ? undefined : least + step, most === undefined ? undefined : most - step].filter((edge) => edge !== undefined);
  const outside = [least === undefined ? undefined : least - step, most === undefined ? undefined : most + step].filter((edge) => edge !== undefined);
  const between = type === 'integer' ? fc.integer({ min: Math.max(least ?? -10, -1e9), max: Math.min(most ?? 1_000, 1e9) }) : fc.double({ min: least ?? -10, max: most ?? 1_000, noNaN: true });
  const possible = [{ weight: 6, arbitrary: between }, { weight: 6, arbitrary: inside.length ? fc.constantFrom(...inside) : between }];
  return isInside ? fc.oneof(...possible) : fc.oneof(...possible, { weight: 1, arbitrary: fc.constantFrom(...outside, ...ODD_NUMBERS) });
}

function lists({ items = {}, minItems = 0, maxItems = MANY }: Schema, source: Source, field: string): fc.Arbitrary<unknown[]> {
  const item = edges(items, source, field);
  const some = fc.array(item, { minLength: minItems, maxLength: Math.max(minItems, Math.min(maxItems, MANY)) });
  const many = fc.tuple(item, fc.constantFrom(maxItems, maxItems + 1)).map(([one, count]) => Array<unknown>(Math.min(count, 200)).fill(one));
  return source.isInside ? some : fc.oneof({ weight: 8, arbitrary: some }, { weight: 1, arbitrary: many });
}

const NAMES = fc.stringMatching(/^[A-Za-z][\w-]{0,12}$/);

function objects({ properties = {}, required = [], additionalProperties }: Schema, source: Source): fc.Arbitrary<object> {
  const fields = Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, required.includes(name) ? edges(schema, source, name) : fc.oneof({ weight: 6, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: edges(schema, source, name) })]),
  );
  const others = typeof additionalProperties === 'object' ? fc.dictionary(source.isInside ? NAMES : fc.oneof(NAMES, fc.constantFrom(...ODD)), edges(additionalProperties, source), { maxKeys: MANY }) : fc.constant({});
  return fc.tuple(fc.record(fields), others).map(([fixed, more]) => ({ ...more, ...fixed }));
}
