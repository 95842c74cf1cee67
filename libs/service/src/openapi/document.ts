import type { z } from 'zod';
import { PROBLEM_SCHEMA } from '../problem.filter.js';
import type { Route } from './routes.js';

type Json = Record<string, unknown>;

/** OpenAPI 3.1, as far as we write it. */
export interface OpenApi {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string };
  readonly security: readonly Json[];
  /** By path template, then by method. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  readonly components: { readonly schemas: Json; readonly securitySchemes: Json };
}

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  schema: { type: 'string', pattern: '^[!-~]{1,255}$' },
  description: 'The same key and body within 24 hours: the first answer again, without its secrets.',
};

/** The document of these routes. What the public origin does not have (`/health`, `/metrics`) is left out. */
export function toOpenApi(routes: readonly Route[]): OpenApi {
  const schemas: Json = { Problem: PROBLEM_SCHEMA };
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes.filter(({ path }) => path.startsWith('/v1/'))) (paths[route.path] ??= {})[route.method] = operation(route, schemas);
  return withPaths(paths, schemas);
}

/** The API of several services as one. */
export const mergeOpenApi = (parts: readonly OpenApi[]): OpenApi => {
  const paths: Record<string, Record<string, Json>> = {};
  for (const part of parts) for (const [path, operations] of Object.entries(part.paths)) paths[path] = { ...paths[path], ...operations };
  return withPaths(paths, Object.assign({}, ...parts.map(({ components }) => components.schemas)) as Json);
};

const withPaths = (paths: OpenApi['paths'], schemas: Json): OpenApi => ({
  openapi: '3.1.0',
  info: { title: 'Nuncio', version: '1' },
  security: [{ key: [] }],
  paths: Object.fromEntries(Object.entries(paths).sort(([a], [b]) => (a < b ? -1 : 1))),
  components: { schemas, securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
});

function operation({ method, path, name, roles, isPublic, status, query, body, creates }: Route, schemas: Json): Json {
  const success = status === 204 ? { description: 'Done' } : { description: 'Success', content: { 'application/json': {} } };
  const parameters = [...pathParameters(path), ...(query ? queryParameters(lift(query, schemas)) : []), ...(creates ? [IDEMPOTENCY_KEY] : [])];
  return {
    operationId: name,
    tags: [path.split('/')[2]],
    ...(isPublic ? { security: [] } : {}),
    ...(roles ? { 'x-roles': roles } : {}),
    ...(parameters.length ? { parameters } : {}),
    ...(body ? { requestBody: body === 'bytes' ? { content: { '*/*': {} } } : requestBody(lift(body, schemas), method) } : {}),
    responses: {
      [status ?? '2XX']: success,
      default: { description: 'Refused', content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } },
    },
  };
}

const pathParameters = (path: string): Json[] =>
  Array.from(path.matchAll(/\{(\w+)\}/g), ([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));

function queryParameters({ properties = {}, required = [] }: { properties?: Json; required?: string[] }): Json[] {
  return Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', required: required.includes(name), schema }));
}

function requestBody(schema: { required?: string[] }, method: string): Json {
  const types = method === 'patch' ? ['application/json', 'application/merge-patch+json'] : ['application/json'];
  return { required: Boolean(schema.required?.length), content: Object.fromEntries(types.map((type) => [type, { schema }])) };
}

/** The JSON Schema of what is sent; what it names goes among the components. */
function lift(schema: z.ZodType, schemas: Json): { properties?: Json; required?: string[] } {
  const json = JSON.stringify(schema.toJSONSchema({ io: 'input', unrepresentable: 'any' })).replaceAll('"#/$defs/', '"#/components/schemas/');
  const { $defs, ...described } = JSON.parse(json) as Json & { $defs?: Json };
  Object.assign(schemas, $defs);
  Reflect.deleteProperty(described, '$schema');
  return described;
}
