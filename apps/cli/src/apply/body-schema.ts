import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Api, Json, Schema } from '../api.js';
import type { Kind } from './kinds.js';
import { partsOf } from './pointer.js';

/** Names of members, and indexes in lists. */
export type Path = readonly (string | number)[];

interface Place {
  readonly path: Path;
  readonly text: string;
}

export interface SchemaFault {
  readonly path: Path;
  readonly detail: string;
}

/** The installation's schema for the body of a PUT of one kind. */
export class BodySchema {
  readonly #schema: Schema;
  readonly #isValid: ValidateFunction;

  constructor(api: Pick<Api, 'bodyOf'>, { one }: Kind) {
    this.#schema = api.bodyOf(`PUT ${one}`);
    // Keywords unknown to Ajv (other formats, `discriminator`) are annotations.
    this.#isValid = new Ajv2020({ strict: false, allErrors: true, logger: false, formats: { uri: (text: string) => URL.canParse(text) } }).compile(this.#schema);
  }

  /** The fields of the body and their schemas. */
  get fields(): Readonly<Record<string, Schema>> {
    return (this.#named(this.#schema).properties ?? {}) as Record<string, Schema>;
  }

  get required(): readonly string[] {
    return (this.#named(this.#schema).required ?? []) as string[];
  }

  faults(body: Json): SchemaFault[] {
    if (this.#isValid(body)) return [];
    return withoutAlternatives(this.#isValid.errors ?? []).map((error) => ({ path: pathOf(error, body), detail: detailOf(error) }));
  }

  /** The texts in a body whose schema has this keyword (with this value), and the keyword's value: references, secrets. */
  places(body: unknown, keyword: string, value?: unknown): (Place & { readonly value: string })[] {
    return [...this.#placesIn(this.#schema, body, [], keyword)].filter((place) => value === undefined || place.value === value);
  }

  /** Whether the field is or contains a secret. */
  hasSecret(field: string): boolean {
    return this.#says(this.fields[field] ?? {}, IS_SECRET.keyword, IS_SECRET.value, new Set());
  }

  /** The names of the members that a field may have. */
  innerFields(field: string): string[] {
    const choices = [this.fields[field] ?? {}].flatMap((schema) => [schema, ...((schema.anyOf ?? []) as Schema[])]);
    return choices.flatMap((choice) => Object.keys((this.#named(choice).properties ?? {})));
  }

  /** The schema that a `$ref` leads to. */
  #named(schema: Schema): Schema {
    const { $ref } = schema;
    if (typeof $ref !== 'string') return schema;
    const found = $ref.replace(/^#\//, '').split('/').reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], this.#schema);
    return this.#named((found ?? {}) as Schema);
  }

  /** `seen`: a schema may refer to itself. */
  #says(schema: Schema, keyword: string, value: unknown, seen: Set<Schema>): boolean {
    const named = this.#named(schema);
    if (seen.has(named)) return false;
    seen.add(named);
    const { properties, additionalProperties, anyOf, oneOf, [keyword]: said } = named as Record<string, unknown> & { anyOf?: Schema[]; oneOf?: Schema[] };
    const inner = [...Object.values((properties ?? {}) as Record<string, Schema>), ...(isObject(additionalProperties) ? [additionalProperties as Schema] : []), ...(anyOf ?? []), ...(oneOf ?? [])];
    return said === value || inner.some((one) => this.#says(one, keyword, value, seen));
  }

  *#placesIn(schema: Schema, value: unknown, path: Path, keyword: string): Generator<Place & { value: string }> {
    const { [keyword]: said, anyOf = [], oneOf = [], allOf = [], properties = {}, additionalProperties, items } = this.#named(schema) as Readonly<Record<string, unknown>> & { anyOf?: Schema[]; oneOf?: Schema[]; allOf?: Schema[] };
    if (typeof value === 'string' && typeof said === 'string') yield { path, text: value, value: said };
    for (const one of [...anyOf, ...oneOf, ...allOf]) yield* this.#placesIn(one, value, path, keyword);
    if (Array.isArray(value) && isObject(items)) for (const [i, one] of value.entries()) yield* this.#placesIn(items, one, [...path, i], keyword);
    if (!isObject(value)) return;
    for (const [name, inner] of Object.entries(value)) {
      const field = (properties as Record<string, Schema>)[name] ?? additionalProperties;
      if (isObject(field)) yield* this.#placesIn(field, inner, [...path, name], keyword);
    }
  }
}

/** The marks of schemas of secrets, and of ids of other resources. */
export const IS_SECRET = { keyword: 'format', value: 'password' } as const;
export const REFERENCE = 'x-reference';

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

const ALTERNATIVES: ReadonlySet<string> = new Set(['anyOf', 'oneOf']);

/**
 * If a value may be of several types, keeps the faults of the closest one: leaves out that it is not null, and anything that is said twice.
 */
function withoutAlternatives(errors: readonly ErrorObject[]): ErrorObject[] {
  const isWithin = ({ instancePath }: ErrorObject, at: string): boolean => instancePath === at || instancePath.startsWith(`${at}/`);
  const told = errors.filter(({ keyword, params }) => !(keyword === 'type' && params.type === 'null') && keyword !== 'propertyNames');
  const plain = told.filter((error) => !ALTERNATIVES.has(error.keyword) || !told.some((other) => other !== error && !ALTERNATIVES.has(other.keyword) && isWithin(other, error.instancePath)));
  return [...new Map(plain.map((error) => [`${error.instancePath} ${detailOf(error)}`, error])).values()];
}

/** The place of a fault; for an unknown field, the field itself. */
function pathOf({ instancePath, params }: ErrorObject, body: Json): Path {
  let at: unknown = body;
  const path = partsOf(instancePath).map((name) => {
    const step = Array.isArray(at) ? Number(name) : name;
    at = (at as Record<string | number, unknown> | undefined)?.[step];
    return step;
  });
  const { additionalProperty } = params as { additionalProperty?: string };
  return additionalProperty === undefined ? path : [...path, additionalProperty];
}

function detailOf({ keyword, params, message = 'does not fit' }: ErrorObject): string {
  const { additionalProperty, missingProperty, allowedValues, allowedValue } = params as { additionalProperty?: string; missingProperty?: string; allowedValues?: unknown[]; allowedValue?: unknown };
  if (additionalProperty !== undefined) return 'there is no such field';
  if (missingProperty !== undefined) return `${missingProperty} is missing`;
  if (allowedValues) return `must be one of ${allowedValues.join(', ')}`;
  return keyword === 'const' ? `must be ${JSON.stringify(allowedValue)}` : message;
}
