import type { Profile } from './profile.js';
import { EXIT, Refusal } from './refusal.js';
import { refusal } from './refused.js';

/** The parts of OpenAPI 3.1 that are used here. */
interface Described {
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema?: Schema }[];
  readonly summary?: string;
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}
type Paths = Readonly<Record<string, Readonly<Record<string, Described>>>>;
interface Description {
  readonly paths: Paths;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

/** A JSON Schema (draft 2020-12). */
export type Schema = Readonly<Record<string, unknown>>;

export type Query = Readonly<Record<string, string | readonly string[] | undefined>>;
export type Json = Readonly<Record<string, unknown>>;

interface Call {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Query;
  /** Sent as JSON, unless it is bytes. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const ANSWER_WITHIN_MS = 60_000;

/**
 * A client for one installation, built from the OpenAPI document that it publishes. Operations and filters are not listed here. A call that the
 * document does not describe is refused before anything is sent (ADR 35).
 */
export class Api {
  private constructor(
    readonly profile: Profile,
    private readonly description: Description,
  ) {}

  static async open(profile: Profile): Promise<Api> {
    const answer = await send(`${profile.url}/v1/openapi.json`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    if (!answer.ok) throw await refusal(answer, 'GET /v1/openapi.json');
    return new Api(profile, (await answer.json()) as Description);
  }

  /** The query parameters of a list. */
  filtersOf(template: string): string[] {
    return (this.description.paths[template]?.get?.parameters ?? []).flatMap(({ name, in: place }) => (place === 'query' ? [name] : [])).sort();
  }

  /** The schema of one query parameter of a list. */
  filterSchema(template: string, name: string): Schema | undefined {
    return this.description.paths[template]?.get?.parameters?.find((parameter) => parameter.in === 'query' && parameter.name === name)?.schema;
  }

  /** The schema of an operation's body, with everything that its `$ref`s lead to. Throws a Refusal if the installation has no such operation. */
  bodyOf(operation: string): Schema {
    const [method = '', template = ''] = operation.split(' ');
    const schema = this.#described(method, template).requestBody?.content['application/json']?.schema;
    return { ...schema, components: this.description.components };
  }

  /** Throws a Refusal, with the sentence and every fault of the answer, unless it succeeds. */
  async call<T = Json>(operation: string, call: Call = {}): Promise<T> {
    const answer = await this.request(operation, call, AbortSignal.timeout(ANSWER_WITHIN_MS));
    const text = await answer.text();
    return (text ? JSON.parse(text) : null) as T;
  }

  /** The answer itself, for what is not JSON: a payload, a stream. */
  async request(operation: string, { path = {}, query = {}, body, headers = {} }: Call, signal: AbortSignal): Promise<Response> {
    const [method = '', template = ''] = operation.split(' ');
    this.#check(method, template, query);
    const filled = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(path[name] ?? ''));
    const answer = await send(`${this.profile.url}${filled}${searchOf(query)}`, {
      method,
      headers: { authorization: `Bearer ${this.profile.key}`, ...(body !== undefined && !(body instanceof Uint8Array) && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body) }),
      signal,
    });
    if (!answer.ok) throw await refusal(answer, `${method} ${filled}`);
    return answer;
  }

  #check(method: string, template: string, query: Query): void {
    const known = (this.#described(method, template).parameters ?? []).flatMap(({ name, in: place }) => (place === 'query' ? [name] : []));
    const unknown = Object.keys(query).find((name) => query[name] !== undefined && !known.includes(name));
    if (unknown !== undefined) throw new Refusal(`There is no filter "${unknown}" here. Filters: ${known.sort().join(', ') || 'none'}.`, EXIT.usage);
  }

  #described(method: string, template: string): Described {
    const described = this.description.paths[template]?.[method.toLowerCase()];
    if (!described) throw new Refusal(`This installation has no ${method} ${template}: it has another version than this command.`);
    return described;
  }
}

function searchOf(query: Query): string {
  const search = new URLSearchParams(Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : (typeof value === 'string' ? [value] : value).map((one): [string, string] => [name, one]))));
  return search.size ? `?${search.toString()}` : '';
}

async function send(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (init.signal?.aborted && (init.signal.reason as Error).name !== 'TimeoutError') throw error;
    throw new Refusal(`${new URL(url).origin} cannot be reached: ${causeOf(error)}.`, EXIT.unavailable);
  }
}

/** Why a request got no answer: `fetch` itself says only that it failed. */
export function causeOf(error: unknown): string {
  const { cause, message } = error as Error & { cause?: { code?: string; message?: string } };
  return cause?.code ?? cause?.message ?? message;
}
