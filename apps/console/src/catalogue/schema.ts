/** A JSON Schema, as far as it is shown. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Deeper fields are left out, so that a schema that refers to itself ends. */
const MAX_DEPTH = 6;

const isObject = (given: unknown): given is JsonSchema => typeof given === 'object' && given !== null && !Array.isArray(given);

/** Follows a `$ref` into the document (RFC 6901). */
function resolve(schema: unknown, root: JsonSchema): JsonSchema {
  if (!isObject(schema)) return {};
  if (typeof schema.$ref !== 'string' || !schema.$ref.startsWith('#/')) return schema;
  let found: unknown = root;
  for (const key of schema.$ref.slice(2).split('/')) found = isObject(found) ? found[decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~')] : undefined;
  return isObject(found) ? { ...found, ...Object.fromEntries(Object.entries(schema).filter(([name]) => name !== '$ref')) } : {};
}

export interface Field {
  /** A JSON pointer into the event: what a filter compares. */
  readonly pointer: string;
  readonly name: string;
  readonly depth: number;
  readonly type: string;
  readonly isRequired: boolean;
  readonly description: string | null;
}

/** The fields of a payload, each after the object that holds it. */
export function fieldsOf(root: JsonSchema): Field[] {
  const fields: Field[] = [];
  walk(resolve(root, root), '/data', 0);
  return fields;

  function walk(schema: JsonSchema, pointer: string, depth: number): void {
    if (depth >= MAX_DEPTH) return;
    const required = Array.isArray(schema.required) ? schema.required : [];
    for (const [name, given] of Object.entries(isObject(schema.properties) ? schema.properties : {})) {
      const field = resolve(given, root);
      const at = `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      fields.push({ pointer: at, name, depth, type: typeOf(field), isRequired: required.includes(name), description: typeof field.description === 'string' ? field.description : null });
      walk(field, at, depth + 1);
      if (field.items !== undefined) walk(resolve(field.items, root), `${at}/0`, depth + 1);
    }
  }
}

function typeOf({ type, format, enum: values, const: only, items }: JsonSchema): string {
  if (Array.isArray(values)) return values.map((value) => JSON.stringify(value)).join(' | ');
  if (only !== undefined) return JSON.stringify(only);
  const name = [type ?? (items ? 'array' : 'any')].flat().map(String).join(' | ');
  return typeof format === 'string' ? `${name} (${format})` : name;
}

const TEXTS: Readonly<Record<string, string>> = { 'date-time': '2026-01-31T12:00:00Z', date: '2026-01-31', time: '12:00:00Z', uuid: '019b5f3a-2c80-7d41-8cd9-8f00b204e980', email: 'ada@example.com', uri: 'https://example.com/', hostname: 'example.com', ipv4: '192.0.2.1' };

/** A payload that fits the schema. What the schema leaves open is made up. */
export function exampleOf(root: JsonSchema): unknown {
  return example(root, 0);

  function example(given: unknown, depth: number): unknown {
    const schema = resolve(given, root);
    if (schema.const !== undefined) return schema.const;
    for (const [first] of [schema.examples, schema.enum].filter(Array.isArray)) if (first !== undefined) return first as unknown;
    if (schema.default !== undefined) return schema.default;
    const [alternative] = [schema.oneOf, schema.anyOf].filter(Array.isArray).flat() as unknown[];
    if (alternative !== undefined && depth < MAX_DEPTH) return example(alternative, depth + 1);
    const type = [schema.type].flat()[0] ?? (schema.properties ? 'object' : schema.items ? 'array' : 'string');
    if (type === 'object') return depth < MAX_DEPTH ? Object.fromEntries(Object.entries(isObject(schema.properties) ? schema.properties : {}).map(([name, field]) => [name, example(field, depth + 1)])) : {};
    if (type === 'array') return depth < MAX_DEPTH && schema.items !== undefined ? [example(schema.items, depth + 1)] : [];
    if (type === 'integer' || type === 'number') return typeof schema.minimum === 'number' ? schema.minimum : 1;
    if (type === 'boolean') return true;
    if (type === 'null') return null;
    const text = TEXTS[String(schema.format)] ?? 'text';
    return typeof schema.minLength === 'number' ? text.padEnd(schema.minLength, 't') : text;
  }
}
