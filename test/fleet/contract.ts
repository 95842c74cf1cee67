import type { Exchange } from '@nuncio/fixtures';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/** The parts of OpenAPI 3.1 that are used here. */
export interface Description {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}
export interface Operation {
  readonly security?: readonly unknown[];
  readonly 'x-roles'?: readonly string[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: { readonly enum?: readonly string[] } }[];
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: object }>> }>>;
}

/** Reads the OpenAPI document once, and throws for every answer under /v1 that it does not allow. */
export function heldTo(origin: string): (exchange: Exchange) => Promise<void> {
  let contract: Promise<Contract> | undefined;
  return async (exchange) => {
    if (!exchange.path.startsWith('/v1/')) return;
    contract ??= describe(origin).then((description) => new Contract(description));
    (await contract).check(exchange);
  };
}

export async function describe(origin: string): Promise<Description> {
  const answer = await fetch(`${origin}/v1/openapi.json`, { signal: AbortSignal.timeout(30_000) });
  if (answer.status !== 200) throw new Error(`GET /v1/openapi.json: ${answer.status}`);
  return (await answer.json()) as Description;
}

export class Contract {
  // Not strict, since OpenAPI has keywords that JSON Schema does not have.
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true });
  readonly #validators = new Map<string, ValidateFunction>();
  readonly #paths: readonly { readonly template: string; readonly pattern: RegExp }[];

  constructor(private readonly description: Description) {
    addFormats.default(this.#ajv);
    this.#ajv.addSchema(description, 'api');
    // Those with fewer parameters first: `/{id}/test` is no `/{id}/{move}`.
    this.#paths = Object.keys(description.paths)
      .toSorted((a, b) => a.split('{').length - b.split('{').length)
      .map((template) => ({ template, pattern: new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`) }));
  }

  check({ method, path, status, contentType, body }: Exchange): void {
    const call = `${method} ${path}`;
    const template = this.#paths.find(({ pattern }) => pattern.test(path.split('?', 1)[0] ?? ''))?.template ?? '';
    const responses = this.description.paths[template]?.[method.toLowerCase()]?.responses;
    if (!responses) {
      if (status !== 404) throw new Error(`${call} is answered ${status}, and not described`);
      return;
    }
    const name = [String(status), `${String(status)[0] ?? ''}XX`, 'default'].find((known) => responses[known]) ?? '';
    const content = responses[name]?.content;
    if (!content) {
      if (body !== null) throw new Error(`${call} is answered ${status} with a body, and none is described`);
      return;
    }
    const type = contentType.split(';', 1)[0] ?? '';
    if (!content[type]) throw new Error(`${call} is answered ${status} as ${type}, described are ${Object.keys(content).join(', ')}`);
    if (!type.endsWith('json')) return;
    if (!content[type].schema) throw new Error(`${call} is answered ${status} with JSON that has no schema`);
    const fault = this.fault(['paths', template, method.toLowerCase(), 'responses', name, 'content', type, 'schema'], body);
    if (fault !== null) throw new Error(`${call} is answered ${status} otherwise than described: ${fault}\n${JSON.stringify(body)}`);
  }

  /** The errors of a value by the schema at this place of the document; null = none. */
  fault(path: readonly string[], value: unknown): string | null {
    const validate = this.#validator(path.map(escape).join('/'));
    return validate(value) ? null : this.#ajv.errorsText(validate.errors);
  }

  #validator(pointer: string): ValidateFunction {
    const held = this.#validators.get(pointer) ?? this.#ajv.compile({ $ref: `api#/${pointer}` });
    this.#validators.set(pointer, held);
    return held;
  }
}

/** Escapes a part of a JSON pointer in a URI fragment. */
const escape = (part: string): string => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));
