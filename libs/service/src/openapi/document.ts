import { PROBLEM_SCHEMA } from '../problem.filter.js';
import { exampleOf } from './example.js';
import { ANSWER_HEADERS, answerHeaders, HEADERS, IDEMPOTENCY_KEY, IF_MATCH, IF_NONE_MATCH } from './headers.js';
import { wordsOf } from './operation.js';
import { PROBLEM_EXAMPLES, refusals } from './refusals.js';
import { pascal, Schemas } from './schemas.js';
import { keyedKindOf, type Route } from './routes.js';
import { tagOf, tagsOf } from './tags.js';
import { isJson, type Json } from './tidy.js';
import { withWords } from './words.js';

/** The parts of OpenAPI 3.1 that are written here. */
export interface OpenApi extends Json {
  readonly openapi: '3.1.0';
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  /** By path template, then by method. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  readonly components: Json & { readonly schemas: Json };
}

/** The parameter for a path with an external id that several tenants may have. */
const TENANT = {
  name: 'tenant',
  in: 'query',
  schema: { type: 'string', 'x-reference': 'tenant' },
  description: 'For a caller without a tenant: the tenant of the external id in the path. Without it, the only tenant that has this external id.',
};

/** The document of these routes. Routes that the public origin does not have (`/health`, `/metrics`) are left out. */
export function toOpenApi(routes: readonly Route[]): OpenApi {
  const schemas = new Schemas({ Problem: PROBLEM_SCHEMA });
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes.filter(({ path }) => path.startsWith('/v1/'))) (paths[route.path] ??= {})[route.method] = operation(route, schemas);
  return withPaths(paths, schemas.byName);
}

/** Merges the documents of several services. */
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
    description: 'Webhooks with OAuth 2.0 bearer tokens over Kafka: which events go to which receiver, where and how, and the result of each delivery.',
    license: { name: 'Apache License 2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: '/', description: 'The origin that this document comes from' }],
  tags: tagsOf(Object.keys(paths)),
  security: [{ key: [] }],
  paths: Object.fromEntries(Object.entries(paths).sort(([a], [b]) => (a < b ? -1 : 1))),
  components: {
    schemas,
    headers: ANSWER_HEADERS,
    examples: PROBLEM_EXAMPLES,
    securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'An API key, or an access token (JWT) of the issuer that the operator trusts' } },
  },
});

function operation(route: Route, schemas: Schemas): Json {
  const { method, path, id, info, roles, isPublic, bodies } = route;
  const parameters = parametersOf(route, schemas);
  return {
    operationId: id,
    summary: info.summary ?? wordsOf(id),
    ...(info.description ? { description: info.description } : {}),
    tags: [tagOf(path)],
    ...(isPublic ? { security: [] } : {}),
    ...(roles ? { 'x-roles': roles } : {}),
    ...(parameters.length ? { parameters } : {}),
    ...(bodies ? { requestBody: requestBody(route, bodies, schemas) } : {}),
    responses: {
      ...Object.fromEntries(route.statuses.map((status) => [status, success(route, status, schemas)])),
      ...(method === 'get' ? { 304: { description: 'The ETag in `If-None-Match` is still current', headers: answerHeaders(304, method, false) } } : {}),
      ...refusals(route),
    },
  };
}

function parametersOf(route: Route, schemas: Schemas): Json[] {
  const { method, query, isIdempotent, guards, headers, info } = route;
  const lifted = query ? schemas.lift(query) : {};
  const named = info.headers ? schemas.lift(info.headers) : {};
  return [
    ...pathParameters(route, schemas),
    ...parametersIn('query', lifted),
    ...(![null, 'tenant'].includes(keyedKindOf(route.path)) && !(isJson(lifted.properties) && 'tenant' in lifted.properties) ? [TENANT] : []),
    ...parametersIn('header', named),
    ...headers.flatMap((name): Json[] => (HEADERS[name] ? [HEADERS[name]] : [])),
    ...(isIdempotent ? [IDEMPOTENCY_KEY] : []),
    ...(guards ? [IF_MATCH] : []),
    ...(method === 'get' && route.answer?.schema.type !== 'never' ? [IF_NONE_MATCH] : []),
  ];
}

const pathParameters = ({ path, parameters }: Route, schemas: Schemas): Json[] =>
  Array.from(path.matchAll(/\{(\w+)\}/g), ([, name = '']) => {
    const restricted = parameters[name];
    const { description, ...schema } = restricted ? schemas.lift(restricted) : { type: 'string' };
    const of = tagOf(path).replace(/ies$/, 'y').replace(/s$/, '').replaceAll('-', ' ');
    return { name, in: 'path', required: true, schema, description: description ?? (name === 'move' ? `What to do with the ${of}` : name === 'id' && keyedKindOf(path) !== null ? `The id of the ${of}, or \`ext:\` and its external id` : `The ${name} of the ${of}`) };
  });

function parametersIn(place: 'query' | 'header', { properties, required }: Json): Json[] {
  return Object.entries((properties ?? {}) as Record<string, Json>).map(([name, field]) => {
    const { description, ...schema } = withWords(name, asList(field));
    const isDeep = schema.type === 'object' && place === 'query';
    return { name, in: place, required: Array.isArray(required) && required.includes(name), schema, ...(description === undefined ? {} : { description }), ...(isDeep && { style: 'deepObject', explode: true }) };
  });
}

/** A query parameter that may be one value or several is a list. */
function asList({ anyOf, ...beside }: Json): Json {
  const list = Array.isArray(anyOf) ? (anyOf as Json[]).find(({ type }) => type === 'array') : undefined;
  return list ? { ...list, ...beside } : { ...(anyOf === undefined ? {} : { anyOf }), ...beside };
}

function success(route: Route, status: number, schemas: Schemas): Json {
  const { id, method, answer } = route;
  if (status === 204) return { description: 'Done', headers: answerHeaders(status, method, false) };
  const { schema, otherTypes } = answer ?? { schema: undefined, otherTypes: [] };
  const isThere = schema?.type !== 'never';
  const json = schema && isThere ? schemas.named(schema, `${pascal(id)}Answer`, 'output') : undefined;
  const content = json ? { schema: json, example: exampleOf(json, schemas.byName, true) } : {};
  return {
    description: DESCRIPTIONS[status] ?? 'The result',
    headers: answerHeaders(status, method, isThere),
    content: { ...(isThere ? { 'application/json': content } : {}), ...Object.fromEntries(otherTypes.map((type) => [type, { schema: OTHER_TYPES[type] ?? { type: 'string' } }])) },
  };
}

const DESCRIPTIONS: Readonly<Record<number, string>> = { 201: 'The resource was created', 202: 'The request was accepted' };

/** Media types other than JSON. */
const OTHER_TYPES: Readonly<Record<string, Json>> = {
  'text/csv': { type: 'string', description: "RFC 4180, with a header line, and one line for each of the JSON page's `items`" },
  'application/x-ndjson': { type: 'string', description: "One line of JSON for each of the JSON page's `items`" },
  'text/event-stream': { type: 'string', description: "Server-sent events: `id`, for Last-Event-ID; `event`, the kind; `data`, one of the list's `items` as JSON" },
  'application/octet-stream': { type: 'string', format: 'binary', description: 'The exact bytes' },
  'message/http': { type: 'string', description: 'An HTTP message (RFC 9112)' },
};

function requestBody({ id, info }: Route, bodies: NonNullable<Route['bodies']>, schemas: Schemas): Json {
  const described = Object.entries(bodies).map(([type, schema]) => [type, schemas.named(schema, pascal(id))] as const);
  if (!described.length) return { content: { '*/*': {} } };
  const isRequired = Object.values(bodies).every((schema) => needsFields(schemas.lift(schema), schemas.byName));
  const content = described.map(([type, schema]) => [type, { schema, example: info.example ?? exampleOf(schema, schemas.byName, false) }] as const);
  return { required: isRequired, content: Object.fromEntries(content) };
}

const needsFields = (schema: Json, byName: Json): boolean => {
  const named = typeof schema.$ref === 'string' ? byName[schema.$ref.split('/').at(-1) ?? ''] : schema;
  return isJson(named) && Array.isArray(named.required) && named.required.length > 0;
};
