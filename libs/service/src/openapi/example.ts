import { PREFIX } from './schemas.js';
import { isJson, type Json } from './tidy.js';

const MAX_DEPTH = 6;
const MOMENT = '2026-01-31T12:00:00.000Z';

/**
 * A value for a schema: a field's example, else its default, its first allowed value, or something of its type. `optional`: includes optional fields;
 * without it, only those that have an example.
 */
export function exampleOf(schema: Json, schemas: Json, optional: boolean, depth = 0): unknown {
  const { $ref, examples, enum: values, type, oneOf, anyOf } = schema;
  if (Array.isArray(examples)) return examples[0] as unknown;
  if (typeof $ref === 'string') return exampleOf(schemas[$ref.slice(PREFIX.length)] as Json, schemas, optional, depth + 1);
  if ('default' in schema) return schema.default;
  if ('const' in schema) return schema.const;
  if (Array.isArray(values)) return values[0] as unknown;
  const [first] = [oneOf, anyOf].flatMap((choice) => (Array.isArray(choice) ? (choice as Json[]) : []));
  if (first) return exampleOf(first, schemas, optional, depth);
  switch (Array.isArray(type) ? (type as unknown[])[0] : type) {
    case 'object':
      return objectOf(schema, schemas, optional, depth);
    case 'array':
      return (isJson(schema.items) && depth < MAX_DEPTH) || Number(schema.minItems) > 0 ? [exampleOf((schema.items ?? {}) as Json, schemas, optional, depth + 1)] : [];
    case 'integer':
    case 'number':
      return Number(schema.minimum ?? 1);
    case 'boolean':
      return true;
    case 'string':
      return schema.format === 'date-time' ? MOMENT : schema.format === 'uri' ? 'https://hooks.acme.com/in' : 'text';
    default:
      return {};
  }
}

function objectOf({ properties, required }: Json, schemas: Json, optional: boolean, depth: number): Json {
  const needed = Array.isArray(required) ? (required as string[]) : [];
  const shown = Object.entries((properties ?? {}) as Record<string, Json>).filter(([name, field]) => needed.includes(name) || (optional ? depth < MAX_DEPTH : 'examples' in field));
  return Object.fromEntries(shown.map(([name, field]) => [name, exampleOf(field, schemas, optional, depth + 1)]));
}
