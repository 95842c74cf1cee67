import type { z } from 'zod';
import { isJson, tidy, type Json } from './tidy.js';
import { withWords } from './words.js';

export const PREFIX = '#/components/schemas/';
const refTo = (name: string): Json => ({ $ref: PREFIX + name });

/**
 * The named schemas of a document: those with a name of their own, and those of bodies, answers and alternatives, which are named after their place.
 */
export class Schemas {
  constructor(readonly byName: Json) {}

  /** The JSON Schema of a request or answer. Named schemas that it uses become components. */
  lift(schema: z.ZodType, io: 'input' | 'output' = 'input'): Json {
    const json = JSON.stringify(schema.toJSONSchema({ io, unrepresentable: 'any' })).replaceAll('"#/$defs/', `"${PREFIX}`);
    const { $defs, ...described } = tidy(JSON.parse(json)) as Json & { $defs?: Json };
    Reflect.deleteProperty(described, '$schema');
    for (const [name, one] of Object.entries($defs ?? {})) this.#put(name, this.#discriminated(one as Json, name));
    return described;
  }

  /** The same under a name, unless the schema has one, or is no object. */
  named(schema: z.ZodType, name: string, io: 'input' | 'output' = 'input'): Json {
    const own = schema.meta()?.id;
    const lifted = io === 'input' ? defaultsInWords(this.lift(schema, io)) : this.lift(schema, io);
    if (own !== undefined) return lifted.$ref === undefined ? this.#put(own, this.#discriminated(lifted, own)) : lifted;
    const as = pageNameOf(lifted) ?? name;
    const described = this.#discriminated(lifted, as);
    return described.type === 'object' || described.oneOf || described.anyOf ? this.#put(as, described) : described;
  }

  #put(name: string, schema: Json): Json {
    const known = this.byName[name];
    Reflect.deleteProperty(schema, 'id');
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(schema)) throw new Error(`two schemas are called ${name}`);
    this.byName[name] = schema;
    return refTo(name);
  }

  /** Turns a choice among objects that differ in one field's value into named schemas with a discriminator. `at`: the place, for the names. */
  #discriminated(schema: Json, at: string): Json {
    const walked = Object.fromEntries(Object.entries(schema).map(([name, part]) => [name, this.#within(name, part, at)]));
    const choice = [walked.oneOf, walked.anyOf].find((one) => Array.isArray(one)) as Json[] | undefined;
    const objects = choice?.filter((one) => one.type !== 'null') ?? [];
    const field = choice && fieldThatTells(objects);
    if (!choice || field === undefined) return walked;
    const mapping: Record<string, string> = {};
    const members = objects.map((one) => {
      const values = valuesOf(one, field);
      const ref = this.#put(at + values.map(pascal).join('Or'), one);
      for (const value of values) mapping[value] = String(ref.$ref);
      return ref;
    });
    Reflect.deleteProperty(walked, 'anyOf');
    return { ...walked, oneOf: [...members, ...choice.filter((one) => one.type === 'null')], discriminator: { propertyName: field, mapping } };
  }

  #within(name: string, part: unknown, at: string): unknown {
    if (name === 'properties' && isJson(part)) return Object.fromEntries(Object.entries(part).map(([field, one]) => [field, withWords(field, this.#discriminated(one as Json, at + pascal(field)))]));
    if ((name === 'oneOf' || name === 'anyOf') && Array.isArray(part)) return part.map((one) => this.#discriminated(one as Json, at));
    return (name === 'items' || name === 'additionalProperties') && isJson(part) ? this.#discriminated(part, at) : part;
  }
}

/** For requests: openapi-typescript treats a field with a default as always present, so the default goes into the description. */
function defaultsInWords({ properties, ...schema }: Json): Json {
  if (!isJson(properties)) return schema;
  const fields = Object.entries(properties as Record<string, Json>).map(([name, { default: given, ...field }]) => {
    if (given === undefined) return [name, defaultsInWords(field)];
    const described = withWords(name, field);
    return [name, { ...described, description: `${String(described.description)}; default: ${JSON.stringify(given)}` }];
  });
  return { ...schema, properties: Object.fromEntries(fields) as Json };
}

/** The name of a page of a named schema: `CallbackPage`. */
function pageNameOf({ properties }: Json): string | undefined {
  const fields = (properties ?? {}) as Readonly<Record<string, { readonly items?: { readonly $ref?: string } }>>;
  const of = fields.items?.items?.$ref?.slice(PREFIX.length);
  return of !== undefined && 'next' in fields && Object.keys(fields).every((name) => ['items', 'next', 'count'].includes(name)) ? `${of}Page` : undefined;
}

/** A required text field whose value differs in each. */
function fieldThatTells(objects: readonly Json[]): string | undefined {
  if (objects.length < 2 || !objects.every(({ type }) => type === 'object')) return undefined;
  return Object.keys(objects[0]?.properties ?? {}).find((field) => {
    const values = objects.flatMap((one) => (Array.isArray(one.required) && one.required.includes(field) ? valuesOf(one, field) : []));
    return objects.every((one) => valuesOf(one, field).length > 0) && new Set(values).size === values.length && values.length >= objects.length;
  });
}

function valuesOf({ properties }: Json, field: string): string[] {
  const values = (properties as Readonly<Record<string, { readonly enum?: readonly unknown[] }>> | undefined)?.[field]?.enum ?? [];
  return values.every((value) => typeof value === 'string') ? [...values] : [];
}

/** Such as `createCallback` → `CreateCallback`, `no-token` → `NoToken`. */
export const pascal = (text: string): string =>
  text
    .split(/[^A-Za-z0-9]+/)
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');
