import type { z } from 'zod';

type JsonSchema = z.core.JSONSchema.JSONSchema;

/**
 * Returns the paths at which a schema of another release cannot read a value. A text that is not in that release's closed list is no misfit: that release leaves
 * such a record to a release that knows it, and so the other fields of the object do not count either. Unknown fields do not count.
 */
export function misfits(schema: JsonSchema, value: unknown, root: JsonSchema = schema, path = ''): string[] {
  const of = resolved(schema, root);
  const options = of.anyOf ?? of.oneOf;
  if (options) return ofAny(options, value, root, path);
  if (of.const !== undefined || of.enum) return isOneOf(of, value) || typeof value === 'string' ? [] : [path];
  if (of.type === undefined) return [];
  if (![of.type].flat().some((type) => isOf(type, value))) return [path];
  if (typeof value === 'string') return of.pattern === undefined || new RegExp(of.pattern, 'u').test(value) ? [] : [path];
  if (typeof value === 'number') return value >= (of.minimum ?? -Infinity) && value <= (of.maximum ?? Infinity) ? [] : [path];
  if (Array.isArray(value)) return value.flatMap((one) => misfits((of.items ?? {}) as JsonSchema, one, root, `${path}[]`));
  return isObject(value) ? inObject(of, value, root, path) : [];
}

function inObject(of: JsonSchema, value: Fields, root: JsonSchema, path: string): string[] {
  const missing = (of.required ?? []).filter((name) => value[name] === undefined).map((name) => `${path}.${name}`);
  const others = typeof of.additionalProperties === 'object' ? of.additionalProperties : {};
  return [...missing, ...Object.entries(value).flatMap(([name, one]) => misfits((of.properties?.[name] ?? others) as JsonSchema, one, root, `${path}.${name}`))];
}

/** Returns the misfits by the option that fits best. If options have kinds, only the one of the value's own kind counts; a kind that no option has is left to a release that knows it. */
function ofAny(options: readonly JsonSchema[], value: unknown, root: JsonSchema, path: string): string[] {
  const all = options.map((option) => resolved(option, root));
  const kinds = isObject(value) ? Object.keys(value).filter((name) => all.every(({ properties }) => isClosed(properties?.[name]))) : [];
  const own = all.filter(({ properties }) => kinds.every((name) => isOneOf((properties?.[name] ?? {}) as JsonSchema, (value as Fields)[name])));
  if (kinds.length && !own.length) return [];
  return own.map((option) => misfits(option, value, root, path)).sort((a, b) => a.length - b.length)[0] ?? [];
}

type Fields = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const isClosed = (schema: unknown): boolean => typeof schema === 'object' && schema !== null && ('const' in schema || 'enum' in schema);
const isOneOf = ({ const: only, enum: some }: JsonSchema, value: unknown): boolean => only === value || (some ?? []).includes(value as never);
const resolved = (schema: JsonSchema, root: JsonSchema): JsonSchema =>
  schema.$ref === undefined ? schema : schema.$ref === '#' ? root : resolved(root.$defs?.[schema.$ref.replace('#/$defs/', '')] ?? {}, root);

function isOf(type: string, value: unknown): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isObject(value);
  if (type === 'integer') return Number.isInteger(value);
  return typeof value === type;
}
