type Json = Readonly<Record<string, unknown>>;

interface Part {
  readonly description?: string;
  readonly content?: Readonly<Record<string, { readonly schema?: Json; readonly example?: unknown }>>;
}
interface Operation extends Part {
  readonly operationId: string;
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly (Part & { readonly name: string; readonly schema: Json })[];
  readonly requestBody?: Part;
  readonly responses: Readonly<Record<string, Part>>;
}
/** The parts of OpenAPI 3.1 that are used here. */
export interface Documented {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Json>> };
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const NO_SCHEMAS = new Set(['example', 'examples', 'default', 'enum', 'properties']);

/**
 * What the document leaves undescribed: operations, parameters and fields without a description, bodies and JSON answers without an example or a
 * name.
 */
export function undescribed({ paths, components }: Documented): string[] {
  const missing = new Set<string>();
  const says = (schema: Json): boolean => 'description' in schema || (typeof schema.$ref === 'string' && 'description' in (components.schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {}));
  const look = (value: unknown, at: string): void => {
    if (Array.isArray(value)) for (const one of value) look(one, at);
    if (!isObject(value)) return;
    for (const [name, field] of Object.entries(isObject(value.properties) ? (value.properties as Record<string, Json>) : {})) {
      if (!says(field)) missing.add(`${at}.${name}`);
      look(field, `${at}.${name}`);
    }
    for (const [name, part] of Object.entries(value)) if (!NO_SCHEMAS.has(name)) look(part, at);
  };
  for (const [name, schema] of Object.entries(components.schemas)) look(schema, name);
  for (const operation of Object.values(paths).flatMap((methods) => Object.values(methods))) {
    const { operationId: id, parameters = [], requestBody, responses } = operation;
    if (!operation.description || !operation.summary || operation.tags?.length !== 1) missing.add(id);
    for (const { name, description } of parameters) if (!description) missing.add(`${id} ?${name}`);
    for (const [status, part] of [...Object.entries(responses), ...(requestBody ? [['body', requestBody] as const] : [])]) {
      if (status !== 'body' && !part.description) missing.add(`${id} ${status}`);
      for (const [type, { schema, example }] of Object.entries(part.content ?? {})) {
        if (!schema) missing.add(`${id} ${status} ${type}: no schema`);
        look(schema, `${id} ${status}`);
        if (type !== 'application/json') continue;
        if (example === undefined) missing.add(`${id} ${status}: no example`);
        if (schema && schema.$ref === undefined && (schema.properties !== undefined || schema.anyOf !== undefined)) missing.add(`${id} ${status}: no name`);
      }
    }
  }
  return [...missing];
}

/** The examples of bodies and answers, each with a pointer to its schema in the document. */
export function* examplesIn({ paths }: Documented): Iterable<{ readonly pointer: readonly string[]; readonly example: unknown }> {
  for (const [path, methods] of Object.entries(paths))
    for (const [method, { requestBody, responses }] of Object.entries(methods)) {
      const parts = [...Object.entries(responses).map(([status, part]) => [['responses', status], part] as const), ...(requestBody ? [[['requestBody'], requestBody] as const] : [])];
      for (const [at, { content = {} }] of parts) for (const [type, { example }] of Object.entries(content)) if (example !== undefined) yield { pointer: ['paths', path, method, ...at, 'content', type, 'schema'], example };
    }
}

/** Fields that people read. */
const SENTENCES = new Set(['explanation', 'advice', 'reason', 'disabledReason', 'hint', 'why']);
const isSentence = (name: string, { description }: Json): boolean => SENTENCES.has(name) || (typeof description === 'string' && /\bsentence\b/i.test(description.replace('a `reason` that is a sentence', '')));

/** Sentences in answers without a stable code beside them, `<name>Code` of a closed list, by which a client can translate them. A field that is itself of a closed list needs none. */
export function uncoded({ paths, components }: Documented): string[] {
  const missing = new Set<string>();
  const resolved = (schema: Json): Json => (typeof schema.$ref === 'string' ? (components.schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {}) : schema);
  const isText = (schema: Json): boolean => {
    const { type, enum: values, const: only, format, anyOf = [] } = resolved(schema);
    return ([type].flat().includes('string') && !values && only === undefined && !format) || (anyOf as Json[]).some(isText);
  };
  const isClosed = (schema: Json): boolean => Array.isArray(resolved(schema).enum) || ((resolved(schema).anyOf ?? []) as Json[]).some(isClosed);
  const look = (value: unknown, at: string): void => {
    if (Array.isArray(value)) for (const one of value) look(one, at);
    if (!isObject(value)) return;
    const fields = isObject(value.properties) ? (value.properties as Record<string, Json>) : {};
    for (const [name, field] of Object.entries(fields)) {
      const code = fields[`${name}Code`];
      if (isSentence(name, field) && isText(field) && !(code && isClosed(code))) missing.add(`${at}.${name}`);
      look(field, `${at}.${name}`);
    }
    for (const [name, part] of Object.entries(value)) if (!NO_SCHEMAS.has(name)) look(part, at);
  };
  for (const [name, schema] of Object.entries(components.schemas)) look(schema, name);
  for (const { operationId, responses } of Object.values(paths).flatMap((methods) => Object.values(methods)))
    for (const part of Object.values(responses)) for (const { schema } of Object.values(part.content ?? {})) look(schema, operationId);
  return [...missing];
}
