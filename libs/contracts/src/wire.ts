import { z } from 'zod';

/**
 * JSON that services read from each other: a record's value, a record's header, a key in Redis. Services of two neighbouring releases run side by
 * side, so all of it is read by `readWire`, which accepts what the next release may write.
 */
export interface Wire<S extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly schema: S;
}

/**
 * `newer`: valid as far as this release can tell, but with a kind, state or reason that it does not know. That is no error: such a record is left to
 * a newer release.
 */
export type WireRead<T> = { readonly is: 'known'; readonly value: T } | { readonly is: 'newer'; readonly detail: string } | { readonly is: 'unreadable'; readonly detail: string };

/** Never throws. Unknown fields are kept at every level, so that whoever passes a value on also passes them on. */
export function readWire<S extends z.ZodType>(schema: S, json: string | null | undefined): WireRead<z.output<S>> {
  let given: unknown;
  try {
    given = JSON.parse(json ?? '');
  } catch {
    return { is: 'unreadable', detail: 'it is not JSON' };
  }
  const result = keeping(schema).safeParse(given);
  if (result.success) return { is: 'known', value: result.data as z.output<S> };
  return { is: areAhead(result.error.issues, given) ? 'newer' : 'unreadable', detail: z.prettifyError(result.error) };
}

type Schema = z.core.$ZodType;
const kept = new WeakMap<Schema, Schema>();

/** The same schema with objects that keep unknown fields. Strict objects stay strict: there, an unknown field changes what the others mean. */
function keeping(schema: Schema): z.ZodType {
  const made = kept.get(schema);
  if (made) return made as z.ZodType;
  const { def } = schema._zod;
  const parts = Object.entries(def).map(([name, part]) => [name, isSchema(part) ? keeping(part) : areSchemas(part) ? part.map(keeping) : (part as unknown)]);
  const copy = Object.fromEntries(parts) as typeof def;
  if (isObject(def)) {
    const shape = new Once(() => Object.fromEntries(Object.entries(def.shape).map(([name, field]) => [name, keeping(field)])));
    // A schema may contain itself, so its fields are converted when they are used.
    Object.defineProperty(copy, 'shape', { get: () => shape.value, enumerable: true });
    Object.assign(copy, { catchall: def.catchall ?? z.unknown() });
  }
  const clone = z.core.clone(schema, copy);
  kept.set(schema, clone);
  return clone as z.ZodType;
}

class Once<T> {
  #made: { readonly value: T } | undefined;

  constructor(private readonly make: () => T) {}

  get value(): T {
    return (this.#made ??= { value: this.make() }).value;
  }
}

const isSchema = (part: unknown): part is Schema => typeof part === 'object' && part !== null && '_zod' in part;
const areSchemas = (part: unknown): part is Schema[] => Array.isArray(part) && part.length > 0 && part.every(isSchema);
const isObject = (def: z.core.$ZodTypeDef): def is z.core.$ZodObjectDef => def.type === 'object';

type Issue = z.core.$ZodIssue;

/**
 * Whether the next release may have caused every issue: a text where this release knows a list of texts, an unknown field of a strict object, and any
 * other issue within such an object.
 */
function areAhead(issues: readonly Issue[], given: unknown): boolean {
  const widened = issues.filter(({ code }) => code === 'unrecognized_keys').map(({ path }) => path);
  return issues.every((issue) => isAhead(issue, valueAt(given, issue.path)) || widened.some((path) => path.every((part, i) => part === issue.path[i])));
}

function isAhead(issue: Issue, value: unknown): boolean {
  if (issue.code === 'unrecognized_keys') return true;
  if (issue.code === 'invalid_value') return typeof value === 'string';
  if (issue.code !== 'invalid_union') return false;
  return issue.errors.length ? issue.errors.some((errors) => areAhead(errors, value)) : typeof value === 'string';
}

const valueAt = (given: unknown, path: readonly PropertyKey[]): unknown => path.reduce<unknown>((value, part) => (value as Record<PropertyKey, unknown> | null | undefined)?.[part], given);
