import { z } from 'zod';
import { PROBLEM_SCHEMA } from '../problem.filter.js';
import { refusals } from './refusals.js';
import { wordsOf } from './operation.js';
import { keyedKindOf, type Route } from './routes.js';

const Json = z.record(z.string(), z.unknown());
type Json = z.infer<typeof Json>;

/** OpenAPI 3.1, as far as we write it. */
export const OpenApi = z.object({
  openapi: z.literal('3.1.0'),
  info: z.object({ title: z.string(), version: z.string(), description: z.string(), license: z.object({ name: z.string(), identifier: z.string() }) }),
  servers: z.array(z.object({ url: z.string(), description: z.string() })),
  tags: z.array(z.object({ name: z.string(), description: z.string() })),
  security: z.array(Json),
  /** By path template, then by method. */
  paths: z.record(z.string(), z.record(z.string(), Json)),
  components: z.object({ schemas: Json, securitySchemes: Json }),
});
export type OpenApi = z.infer<typeof OpenApi>;

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  schema: { type: 'string', pattern: '^[!-~]{1,255}$' },
  description: 'The same key and body within 24 hours: the first answer again, without its secrets.',
};

const IF_MATCH = {
  name: 'If-Match',
  in: 'header',
  schema: { type: 'string' },
  description: 'The ETag of what was read: with another version by now nothing is changed, and the answer is 412.',
};

const TENANT = {
  name: 'tenant',
  in: 'query',
  schema: { type: 'string', 'x-reference': 'tenant' },
  description: 'Of a caller without a tenant: whose external id stands in the path. Without it that of the only one who has it.',
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
  info: {
    title: 'Nuncio',
    version: '1',
    description: 'Webhooks with OAuth 2.0 bearer tokens over Kafka: who receives which events, where and how, and what came of each delivery.',
    license: { name: 'Apache License 2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: '/', description: 'The origin that this document comes from' }],
  tags: tagsOf(paths),
  security: [{ key: [] }],
  paths: Object.fromEntries(Object.entries(paths).sort(([a], [b]) => (a < b ? -1 : 1))),
  components: { schemas, securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'An API key, or an access token (JWT) of the issuer that the operator trusts' } } },
});

const TAGS: Readonly<Record<string, string>> = {
  tenants: 'Companies that receive webhooks; all else is within one of them',
  'api-keys': 'Who may call',
  'event-types': 'The catalogue of what happens',
  applications: "A tenant's own names for what it connects",
  credentials: 'OAuth clients at authorization servers',
  callbacks: 'Where and how to deliver',
  subscriptions: 'Which events go to which callback',
  events: 'What happened: published, and read',
  deliveries: 'One event for one subscription',
  attempts: 'One HTTP try of a delivery',
  replays: 'Sending again what was selected',
  operations: 'Bulk actions under way',
  stats: 'Figures for charts',
  audit: 'Who changed what, when',
  quarantine: 'Records that could not be read, with their bytes',
  'dead-letters': 'Deliveries that were given up',
  me: 'Who is calling',
};

const tagsOf = (paths: OpenApi['paths']): OpenApi['tags'] =>
  [...new Set(Object.keys(paths).map(tagOf))].toSorted().map((name) => ({ name, description: TAGS[name] ?? wordsOf(name.replaceAll('-', ' ')) }));

const tagOf = (path: string): string => (path.split('/')[2] ?? '').split('.')[0] ?? '';

function operation(route: Route, schemas: Json): Json {
  const { method, path, id, info, roles, isPublic, status, query, bodies, isIdempotent, guards } = route;
  const parameters = [...pathParameters(route, schemas), ...(query ? queryParameters(lift(query, schemas)) : []), ...(namesTenant(route) ? [TENANT] : []), ...(isIdempotent ? [IDEMPOTENCY_KEY] : []), ...(guards ? [IF_MATCH] : [])];
  return {
    operationId: id,
    summary: info.summary ?? wordsOf(id),
    ...(info.description ? { description: info.description } : {}),
    tags: [tagOf(path)],
    ...(isPublic ? { security: [] } : {}),
    ...(roles ? { 'x-roles': roles } : {}),
    ...(parameters.length ? { parameters } : {}),
    ...(bodies ? { requestBody: requestBody(bodies, schemas) } : {}),
    responses: {
      [status ?? '2XX']: success(route, schemas),
      ...(method === 'get' ? { 304: { description: 'What `If-None-Match` names is still so' } } : {}),
      ...refusals(route),
    },
  };
}

/** Whether an external id stands in its path that can be several tenants'. */
const namesTenant = ({ path, query }: Route): boolean => ![null, 'tenant'].includes(keyedKindOf(path)) && !(query && 'shape' in query && 'tenant' in (query.shape as object));

const pathParameters = ({ path, parameters }: Route, schemas: Json): Json[] =>
  Array.from(path.matchAll(/\{(\w+)\}/g), ([, name = '']) => {
    const restricted = parameters[name];
    const isKeyed = name === 'id' && keyedKindOf(path) !== null;
    return { name, in: 'path', required: true, schema: restricted ? lift(restricted, schemas) : { type: 'string' }, ...(isKeyed && { description: 'The id, or `ext:` and the external id' }) };
  });

function success({ status, answer }: Route, schemas: Json): Json {
  if (status === 204) return { description: 'Done' };
  const { schema, otherTypes } = answer ?? { schema: undefined, otherTypes: [] };
  const json = schema?.type === 'never' ? {} : { 'application/json': schema ? { schema: lift(schema, schemas, 'output') } : {} };
  return { description: 'Success', content: { ...json, ...Object.fromEntries(otherTypes.map((type) => [type, {}])) } };
}

function queryParameters({ properties = {}, required = [] }: { properties?: Json; required?: string[] }): Json[] {
  return Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', required: required.includes(name), schema, ...(isObject(schema) && { style: 'deepObject', explode: true }) }));
}

const isObject = (schema: unknown): boolean => typeof schema === 'object' && schema !== null && 'type' in schema && schema.type === 'object';

function requestBody(bodies: NonNullable<Route['bodies']>, schemas: Json): Json {
  const lifted = Object.entries(bodies).map(([type, schema]) => [type, lift(schema, schemas)] as const);
  if (!lifted.length) return { content: { '*/*': {} } };
  return { required: lifted.every(([, schema]) => Boolean(schema.required?.length)), content: Object.fromEntries(lifted.map(([type, schema]) => [type, { schema }])) };
}

/** The JSON Schema of what is sent, or answered; what it names goes among the components. */
function lift(schema: z.ZodType, schemas: Json, io: 'input' | 'output' = 'input'): { properties?: Json; required?: string[] } {
  const json = JSON.stringify(schema.toJSONSchema({ io, unrepresentable: 'any' })).replaceAll('"#/$defs/', '"#/components/schemas/');
  const { $defs, ...described } = JSON.parse(json) as Json & { $defs?: Json };
  Object.assign(schemas, $defs);
  Reflect.deleteProperty(described, '$schema');
  return described;
}
