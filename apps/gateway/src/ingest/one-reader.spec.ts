import { expect, it } from '@jest/globals';
import { isFault, isUnreadable, readEvent, type NuncioEvent, type Principal } from '@nuncio/contracts';
import type { ConfigView, OutboundRecord } from '@nuncio/kafka';
import fc from 'fast-check';
import { readRequest } from './http-binding.js';
import { admitAll, publish, publisherOf } from './publish.js';

/** `npm run check:reading` makes 100,000. */
const REQUESTS = Number(process.env.REQUESTS ?? 5_000);

const STRUCTURED = 'application/cloudevents+json';
const BATCH = 'application/cloudevents-batch+json';

/** Every name exists, so that nothing is waited for. */
const view = {
  get: (kind: string, name: string) =>
    kind === 'tenant' ? { state: { id: name } } : { state: { name, audience: name === 'news' ? 'broadcast' : 'addressed', schema: null } },
} as unknown as Pick<ConfigView, 'get'>;

const callers: readonly Principal[] = [null, 'globex', 'acme', '1'].map((tenant) => ({ id: `key_${tenant ?? 'none'}`, role: 'publisher', tenant, groups: [] }));

/**
 * Odd values are rare, so that many requests have one, few have two, and some have none. `max` keeps fast-check from preferring the first choice at
 * depth.
 */
const mostly = <T>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<T>, weight = 15): fc.Arbitrary<T> => fc.oneof({ depthSize: 'max' }, { weight, arbitrary: usual }, { weight: 1, arbitrary: odd });

const tenant = mostly(fc.constantFrom('globex', 'globex', 'acme', 'globex,acme', ' globex', 'globex ,', '1'), fc.constantFrom('acme,acme', '"globex"', 'gl%6Fbex', '', ',', 'é', 'globex\u00a0'));
const mediaType = mostly(
  fc.constantFrom('application/json', 'text/plain; charset=utf-8', 'image/png'),
  fc.oneof(
    fc.constantFrom(STRUCTURED, BATCH, `"${STRUCTURED}"`, `${STRUCTURED}; charset=utf-8`, ` ${STRUCTURED.toUpperCase()}\t;`),
    fc.constantFrom('application/cloudevents+xml', 'application/cloudevents', '"application\\/cloudevents+json"', 'application/json, application/cloudevents+json', 'json', ''),
  ),
  2,
);
const type = mostly(fc.constantFrom('invoice.paid', 'invoice.paid', 'news'), fc.constant('"invoice.paid"'));
const name = mostly(
  fc.constantFrom('subject', 'region', 'nunciopublisher', 'data', 'constructor'),
  fc.constantFrom('nuncio-publisher', 'nuncio_publisher', 'nuncio-errand', 'Tenant', 'ce_tenant', 'ce-tenant', '_tenant', 'content-type', '__proto__'),
);
const text = mostly(
  fc.constantFrom('acme', '"acme"', '%22acme%22', '\\"acme\\"', '\ud83d\ude00', ' 1 '),
  fc.oneof(fc.constantFrom('', '%00', '\ud83d'), fc.string({ unit: 'binary', maxLength: 8 })),
);

const attributes = fc
  .record({
    type,
    tenant,
    specversion: fc.option(mostly(fc.constant('1.0'), fc.constantFrom('"1.0"', '0.3'))),
    id: fc.option(text),
    source: fc.option(mostly(fc.constantFrom('/shop', 'key_none', '1/shop'), fc.constant(''))),
    datacontenttype: fc.option(mediaType, { freq: 2 }),
    time: fc.option(mostly(fc.constant('2026-01-31T10:00:00Z'), fc.constant('soon'))),
  })
  .chain((own) => fc.dictionary(name, text, { maxKeys: 2 }).map((more) => Object.fromEntries(Object.entries({ ...more, ...own }).filter((entry): entry is [string, string] => entry[1] !== null))));

/** The same JSON with white space, and member names written as escapes. */
const escaped = (json: string): string => json.replace(/[a-z]/, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`);
const member = fc.tuple(fc.boolean(), fc.constantFrom('', ' ', '\n\t')).map(([isEscaped, space]) => (key: string, value: string) => `${space}${isEscaped ? escaped(JSON.stringify(key)) : JSON.stringify(key)}${space}:${space}${value}`);

/** An event in JSON format. Its data may itself be an event, as a value or as a text. */
const structured = (inner: fc.Arbitrary<string>): fc.Arbitrary<string> => {
  const data = fc.oneof(
    { depthSize: 'max' },
    fc.constantFrom('1.0', '12345678901234567890', '"é"', 'null', '{ "a" : 1e400 }'),
    fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.stringify(value)),
    inner,
    inner.map((json) => JSON.stringify(json)),
  );
  const payload = fc.oneof(
    { depthSize: 'max' },
    data.map((json): [string, string] => ['data', json]),
    fc.uint8Array({ maxLength: 8 }).map((bytes): [string, string] => ['data_base64', JSON.stringify(Buffer.from(bytes).toString('base64'))]),
    inner.map((json): [string, string] => ['data_base64', JSON.stringify(Buffer.from(json).toString('base64'))]),
  );
  const oddity = fc.constantFrom<[string, string]>(['tenant', '"acme"'], ['tenant', 'null'], ['tenant', '["acme"]'], ['id', '7'], ['subject', 'true'], ['data', '2'], ['data_base64', '"a-_"']);
  return fc.tuple(attributes, mostly(fc.array(payload, { maxLength: 1 }), fc.array(payload, { minLength: 2, maxLength: 2 })), mostly<[string, string][]>(fc.constant([]), fc.tuple(oddity)), member).map(([own, payloads, odd, write]) => {
    const members = [...Object.entries(own).map(([key, value]): [string, string] => [key, JSON.stringify(value)]), ...payloads, ...odd];
    return `{${members.map(([key, value]) => write(key, value)).join(',')}}`;
  });
};
const event = structured(structured(fc.constant(`{"specversion":"1.0","id":"1","source":"/shop","type":"invoice.paid","tenant":"acme","data":1}`)));

interface Request {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}
/** Headers that no client should send, least of all internal ones. */
const strange = fc.dictionary(fc.constantFrom('nuncio-publisher', 'ce-nuncio-publisher', 'ce_tenant', 'nuncio-errand', 'x-ce-tenant', 'ce-'), fc.constantFrom('acme', 'globex', '{}'), { maxKeys: 1 });
const spelt = (value: string): string => Buffer.from(value.replace(/[\r\n\0]/g, '')).toString('latin1');
const binary = fc.tuple(attributes, mediaType, fc.oneof({ depthSize: 'max' }, event.map((json) => Buffer.from(json)), fc.uint8Array({ maxLength: 16 }).map((bytes) => Buffer.from(bytes)))).map(([own, contentType, body]): Request => ({
  headers: { 'content-type': contentType, ...Object.fromEntries(Object.entries(own).map(([key, value]) => [`ce-${key.toLowerCase()}`, spelt(value)])) },
  body,
}));
const inJson = (contentTypes: readonly string[], bodies: fc.Arbitrary<string>): fc.Arbitrary<Request> =>
  fc.tuple(fc.constantFrom(...contentTypes), bodies, mostly(fc.constant(false), fc.constant(true))).map(([contentType, body, isLatin]) => ({ headers: { 'content-type': contentType }, body: Buffer.from(body, isLatin ? 'latin1' : 'utf8') }));
const request = fc
  .tuple(fc.oneof({ depthSize: 'max' }, binary, inJson([STRUCTURED, `${STRUCTURED};charset=utf-8`, `"${STRUCTURED}"`], event), inJson([BATCH], fc.array(event, { maxLength: 2 }).map((all) => `[${all.join(' , ')}]`))), strange)
  .map(([{ headers, body }, more]): Request => ({ headers: { ...more, ...headers }, body }));

/** The record as a consumer gets it: all bytes. */
const asRead = ({ headers = {}, value }: OutboundRecord): NuncioEvent => {
  const bytes = Object.fromEntries(Object.entries(headers).map(([key, text]) => [key, Buffer.from(String(text))]));
  const read = readEvent(bytes, Buffer.from(value as Buffer));
  if (isUnreadable(read)) throw new Error(`published, and cannot be read: ${read.reason} ${read.detail}`);
  return read;
};
const shown = ({ payload, ...rest }: NuncioEvent): string => JSON.stringify({ ...rest, attributes: Object.entries(rest.attributes).sort(), payload: payload.toString('hex') });

it('judges what is read: tenant, type, identity and payload are those that a dispatcher acts on', async () => {
  let admitted = 0;
  await fc.assert(
    fc.asyncProperty(request, fc.constantFrom(...callers), async ({ headers, body }, caller) => {
      const sent: OutboundRecord[] = [];
      let judged: NuncioEvent[];
      try {
        judged = await admitAll(readRequest(headers, body, publisherOf(caller)).events, caller, view);
      } catch (refused) {
        if (isFault(refused)) return;
        throw refused;
      }
      await publish({ send: (_topic, record) => Promise.resolve(void sent.push(record)) }, judged);
      const acted = sent.map(asRead);
      admitted += acted.length;
      expect(acted.map(shown)).toEqual(judged.map(shown));
      for (const { publisher, tenants } of acted) {
        expect(publisher).toBe(caller.tenant ?? '');
        if (caller.tenant !== null) expect(new Set(tenants)).toEqual(new Set([caller.tenant]));
      }
    }),
    { numRuns: REQUESTS },
  );
  expect(admitted).toBeGreaterThan(REQUESTS / 10);
}, 900_000);
