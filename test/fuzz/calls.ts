import fc from 'fast-check';
import { edges, type Schema, type Source } from './edges.js';

/** A request, as it is sent. */
export interface Call {
  readonly template: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: Schema;
}
interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: Schema }>> };
}
/** The parts of OpenAPI 3.1 that are used here. */
export interface Described {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

/** Left out: deleting a tenant would delete everything else, streams go on for minutes, and events have a generator of their own. */
const LEFT_OUT = /^delete \/v1\/tenants|\/stream$|^post \/v1\/events$/;

/** Calls of each operation in turn, with values at the edges of all schemas. `known`: existing ids, by field or collection. */
export function calls(description: Described, known: Source['known']): fc.Arbitrary<Call> {
  const source: Source = { schemas: description.components?.schemas ?? {}, known, depth: 4 };
  const operations = Object.entries(description.paths).flatMap(([template, methods]) =>
    Object.entries(methods)
      .filter(([method]) => template.startsWith('/v1/') && !LEFT_OUT.test(`${method} ${template}`))
      .map(([method, operation]) => callOf(method, template, operation, source)),
  );
  return fc.oneof(...operations);
}

const NONE: Readonly<Record<string, string>> = {};
const JSON_BODY: Readonly<Record<string, string>> = { 'content-type': 'application/json' };

function callOf(method: string, template: string, { parameters = [], requestBody }: Operation, source: Source): fc.Arbitrary<Call> {
  const collection = template.split('/')[2] ?? '';
  const inPath = parameters.filter((parameter) => parameter.in === 'path').map(({ name, schema }) => [name, schema.enum ? edges(schema, source) : edges(schema, source, collection)] as const);
  const inQuery = parameters.filter((parameter) => parameter.in === 'query').map(({ name, schema, required }) => [name, fc.option(edges(schema, source, name), { freq: required ? 9 : 1, nil: undefined })] as const);
  const schema = requestBody?.content['application/json']?.schema ?? requestBody?.content['application/merge-patch+json']?.schema;
  // Half of the bodies are valid: a call that is refused for one of twenty fields does not test the others.
  const bodies = (isInside: boolean): fc.Arbitrary<string> => edges(schema ?? {}, { ...source, isInside }).map((value) => JSON.stringify(value));
  const body = schema ? fc.oneof({ weight: 10, arbitrary: bodies(false) }, { weight: 10, arbitrary: bodies(true) }, { weight: 1, arbitrary: fc.constantFrom('', '{', '[]', 'null', '{"a":1,"a":2}', '\ufeff{}') }) : fc.constant(undefined);
  return fc.record({ path: fc.record(Object.fromEntries(inPath)), query: fc.record(Object.fromEntries(inQuery)), body }).map(({ path, query, body: text }) => ({
    template: `${method} ${template}`,
    method: method.toUpperCase(),
    path: template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encoded(path[name]) || 'x') + queryOf(query),
    headers: text === undefined ? NONE : JSON_BODY,
    body: text,
  }));
}

function queryOf(query: Readonly<Record<string, unknown>>): string {
  const given = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [value].flat().slice(0, 5).map((one) => `${name}=${encoded(one)}`)));
  return given.length === 0 ? '' : `?${given.join('&')}`;
}

/** Limited to what a server accepts in a URL. */
const encoded = (value: unknown): string => encodeURIComponent((typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 1_500).toWellFormed());

const CONTENT_TYPES = ['application/json', 'application/json; charset=utf-8', 'text/plain', 'application/vnd.x+json;q="a\\"b"', 'a/b;', 'A/B;c=d', 'json', 'application/', 'a/b; c', 'a/b\r\nx: y', 'a/b\0', '€/x', 'a/😀', 'application/cloudevents+json', ' ', 'a/b;c="é"', `a/${'b'.repeat(2_000)}`];
const ATTRIBUTES = ['', 'x', 'é€😀', 'a%b', '%41', '"quoted"', 'a,b', '\r\n', '\0', '\ud800', 'x'.repeat(5_000), '-', '0', 'true'];
const TIMES = ['2026-01-31T12:00:00Z', '2026-06-30T23:59:60Z', '0000-01-01T00:00:00Z', '9999-12-31T23:59:59Z', '2026-02-30T00:00:00Z', 'now'];

/** An event of this type for this tenant, in one of the HTTP binding's modes. */
export function events(type: string, tenant: string): fc.Arbitrary<Call> {
  const contentType = fc.oneof(fc.constantFrom(...CONTENT_TYPES), fc.string({ maxLength: 30 }));
  const text = fc.oneof(fc.constantFrom(...ATTRIBUTES), fc.string({ unit: 'binary', maxLength: 30 }));
  const extensions = fc.dictionary(fc.oneof(fc.stringMatching(/^[a-z][a-z0-9]{0,11}$/), fc.constantFrom('', 'A', 'a-b', 'x'.repeat(70))), text, { maxKeys: 3 });
  const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });
  const attributes = fc.record({ id: maybe(text), source: maybe(text), time: maybe(fc.constantFrom(...TIMES)), datacontenttype: maybe(contentType), subject: maybe(text) });
  const payload = fc.oneof(fc.constantFrom('', '{}', '{"n":12345678901234567890}', '"\\ud800"', '\0', '[', 'é€'), fc.string({ unit: 'binary', maxLength: 200 }));
  return fc.record({ mode: fc.constantFrom('binary', 'structured'), attributes, extensions, payload, contentType }).map(({ mode, attributes: own, extensions: more, payload: body, contentType: said }) => {
    const all = { ...more, ...own, type, tenant };
    if (mode === 'structured')
      return post({ 'content-type': 'application/cloudevents+json' }, JSON.stringify({ specversion: '1.0', ...all, data: body }));
    return post({ 'content-type': header(said), ...Object.fromEntries(Object.entries(all).flatMap(([name, value]) => (value === undefined || name === 'datacontenttype' || !/^[\w-]+$/.test(name) ? [] : [[`ce-${name}`, header(value)]]))) }, body);
  });
}

const post = (headers: Record<string, string>, body: string): Call => ({ template: 'post /v1/events', method: 'POST', path: '/v1/events', headers, body });

/** Only values that a client can send as a header. The JSON modes try the others. */
// eslint-disable-next-line no-control-regex
const header = (value: string): string => Buffer.from(value.replaceAll(/[\0-\x1f\x7f]/g, '')).toString('latin1').trim();
