/** A JSON Schema (2020-12), or a part of an OpenAPI document. */
export type Json = Record<string, unknown>;

export const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

const MAX_INT32 = 2_147_483_647;

/**
 * Rewrites zod's JSON Schema so that client generators read it best. A constant text becomes an `enum` of one; a constant boolean becomes any
 * boolean; a time has no `pattern` beside its `format`; an integer beyond 32 bits says so; null is in `type` if there is one (JSON Schema 2020-12); a
 * choice is described once.
 */
export function tidy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(tidy);
  if (!isJson(value)) return value;
  const schema = Object.fromEntries(Object.entries(value).map(([name, part]) => [name, SHOWN_AS_IS.has(name) ? part : tidy(part)]));
  return unnested(integer(text(schema)));
}

/** Keywords whose content is values, not schemas. */
const SHOWN_AS_IS = new Set(['examples', 'default', 'const', 'enum', 'required']);

function text({ const: only, ...schema }: Json): Json {
  if (typeof only === 'string') return { ...schema, enum: [only] };
  // openapi-generator's Java does not support a constant boolean.
  if (only !== undefined) return typeof only === 'boolean' ? schema : { ...schema, const: only };
  if (schema.format === 'date-time') Reflect.deleteProperty(schema, 'pattern');
  // base64 is a `contentEncoding`, not a `format`.
  if (schema.format === 'base64') Reflect.deleteProperty(schema, 'format');
  const names = schema.propertyNames;
  if (isJson(names) && names.type === 'string' && Object.keys(names).length === 1) Reflect.deleteProperty(schema, 'propertyNames');
  return schema;
}

function integer(schema: Json): Json {
  if (schema.type !== 'integer') return schema;
  const { minimum, maximum, ...rest } = schema;
  const isWide = typeof maximum !== 'number' || maximum > MAX_INT32;
  return {
    ...rest,
    ...(minimum === Number.MIN_SAFE_INTEGER ? {} : { minimum }),
    ...(maximum === Number.MAX_SAFE_INTEGER ? {} : { maximum }),
    format: isWide ? 'int64' : 'int32',
  };
}

const isNull = (schema: unknown): boolean => isJson(schema) && schema.type === 'null';

/** `anyOf: [{…}, {type: null}]` with one typed schema becomes that schema with a nullable type. Its description is kept from outside. */
function unnested(schema: Json): Json {
  const { anyOf, ...beside } = schema;
  if (!Array.isArray(anyOf) || !anyOf.some(isNull)) return schema;
  const [only, ...more] = anyOf.filter((one) => !isNull(one)) as Json[];
  if (!only || more.length) return schema;
  // openapi-generator supports a nullable object only as a choice.
  if (typeof only.type === 'string' && only.type !== 'object') {
    return { ...only, ...beside, type: [only.type, 'null'], ...(Array.isArray(only.enum) ? { enum: [...(only.enum as unknown[]), null] } : {}) };
  }
  const { description, ...rest } = only;
  const described = description === undefined ? beside : { description, ...beside };
  if (Array.isArray(only.anyOf)) return { ...rest, ...described, anyOf: [...(only.anyOf as unknown[]), { type: 'null' }] };
  if (Array.isArray(only.oneOf)) return { ...rest, ...described, oneOf: [...(only.oneOf as unknown[]), { type: 'null' }] };
  return { anyOf: [rest, { type: 'null' }], ...described };
}
