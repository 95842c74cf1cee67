import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { isUnreadable, type NuncioEvent } from '@nuncio/contracts';
import { decodeHeader, headersOf, readRequest, type Publisher } from './http-binding.js';

const publisher: Publisher = { tenant: null, complete: (attributes) => Object.assign(attributes, { specversion: '1.0', id: 'made', source: 'key_1', ...attributes }) };
const JSON_EVENT = 'application/cloudevents+json; charset=utf-8';
const JSON_BATCH = 'application/cloudevents-batch+json';

function only(headers: Record<string, string>, body: Buffer): NuncioEvent {
  const [first] = readRequest(headers, body, publisher).events;
  if (!first || isUnreadable(first.event)) throw new Error(first ? JSON.stringify(first.event) : 'no event');
  return first.event;
}

describe('binary mode', () => {
  it('takes attributes from ce- headers, and the body unchanged', () => {
    const body = Buffer.from([0, 255, 0x7b]);
    const event = only(
      { 'ce-id': 'n-1', 'ce-source': '/orders', 'ce-type': 'invoice.paid', 'ce-tenant': 'acme, globex', 'content-type': 'application/json', host: 'x' },
      body,
    );
    expect(event).toMatchObject({ ceId: 'n-1', source: '/orders', type: 'invoice.paid', tenants: ['acme', 'globex'], contentType: 'application/json' });
    expect(event.payload.equals(body)).toBe(true);
  });

  it('adds a missing id and source to an event', () => {
    expect(only({ 'ce-type': 'invoice.paid' }, Buffer.alloc(0))).toMatchObject({ ceId: 'made', source: 'key_1' });
  });

  it.each([
    ['plain', 'plain'],
    ['Gr%C3%BC%C3%9Fe%20100%25', 'Grüße 100%'],
    ['%F0%9F%98%80', '😀'],
    ['100% sure, %zz', '100% sure, %zz'],
    ['%2541', '%41'],
    ['"a \\"quoted\\" %E2%82%AC"', 'a "quoted" €'],
    [Buffer.from('é').toString('latin1'), 'é'],
    ['"', '"'],
  ])('decodes %s (HTTP binding §3.1.3.2)', (value, text) => {
    expect(decodeHeader(value).toString()).toBe(text);
  });

  it('refuses a header that decodes to invalid UTF-8, or to a control character', () => {
    for (const bad of ['%C3%28', '%0A'])
      expect(readRequest({ 'ce-type': 'a', 'ce-subject': bad }, Buffer.alloc(0), publisher).events).toMatchObject([
        { event: { reason: expect.stringMatching(/^bad-/) as unknown } },
      ]);
  });
});

describe('an attribute whose header comes more than once', () => {
  const sent = async (...raw: string[]): Promise<unknown> => {
    const server = createServer((request, response) => {
      response.end(JSON.stringify(readRequest(headersOf(request), Buffer.alloc(0), publisher).events[0]?.event));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const answer = await new Promise<string>((resolve) => {
      request({ port: (server.address() as AddressInfo).port, method: 'POST', headers: ['host', 'x', 'ce-type', 'a', 'content-length', '0', ...raw] }, (response) => void response.toArray().then((parts) => { resolve(parts.join('')); })).end();
    });
    server.close();
    return JSON.parse(answer);
  };

  it('is refused if its values differ: it became one value that nobody had sent', async () => {
    expect(await sent('ce-id', '1', 'Ce-Id', '2')).toMatchObject({ reason: 'bad-header' });
    expect(await sent('ce-tenant', 'acme', 'ce-tenant', 'globex')).toMatchObject({ reason: 'bad-header' });
  });

  it('counts once if its values are the same', async () => {
    expect(await sent('ce-id', '1%2C', 'ce-id', '1%2C')).toMatchObject({ ceId: '1,' });
  });

  it('is not meant by a value with a comma', async () => {
    expect(await sent('ce-tenant', 'acme, globex', 'ce-subject', 'a, b')).toMatchObject({ tenants: ['acme', 'globex'], attributes: { subject: 'a, b' } });
  });
});

describe('structured mode', () => {
  it('cuts the payload out of the source, character by character', () => {
    const body = Buffer.from('{"type":"invoice.paid", "tenant":"acme","data" : {"b":1.0,  "a":12345678901234567890,"é":"\\u00e9"} ,"id":"n-1"}');
    const event = only({ 'content-type': JSON_EVENT }, body);
    expect(event.payload.toString()).toBe('{"b":1.0,  "a":12345678901234567890,"é":"\\u00e9"}');
    expect(event).toMatchObject({ ceId: 'n-1', source: 'key_1', contentType: 'application/json' });
  });

  it('decodes data_base64', () => {
    const event = only({ 'content-type': JSON_EVENT }, Buffer.from('{"type":"a","datacontenttype":"image/png","data_base64":"AAEC/w=="}'));
    expect([...event.payload]).toEqual([0, 1, 2, 255]);
    expect(event.contentType).toBe('image/png');
  });
});

describe('batched mode', () => {
  it('is read with a byte order mark before it', () => {
    expect(readRequest({ 'content-type': JSON_BATCH }, Buffer.from('\ufeff[{"type":"a","data":1.0}]'), publisher).events).toMatchObject([{ event: { payload: Buffer.from('1.0') } }]);
  });

  it('reads each event separately, and says which one is bad', () => {
    const body = Buffer.from('[ {"type":"a","data": 1.0 }, {"data":2}, 3 ]');
    const { batch, events } = readRequest({ 'content-type': JSON_BATCH }, body, publisher);
    expect(batch).toBe(true);
    expect(events).toMatchObject([
      { pointer: '/0', event: { payload: Buffer.from('1.0') } },
      { pointer: '/1', event: { reason: 'missing-attribute' } },
      { pointer: '/2', event: { reason: 'bad-structured' } },
    ]);
  });

  it.each([
    ['malformed-json', '[{'],
    ['invalid', '{"type":"a"}'],
  ])('says %s of a malformed batch', (code, body) => {
    expect(() => readRequest({ 'content-type': JSON_BATCH }, Buffer.from(body), publisher)).toThrow(expect.objectContaining({ code }));
  });
});

it('refuses a batch that is not UTF-8, whose payloads would not be the bytes that came', () => {
  expect(() => readRequest({ 'content-type': JSON_BATCH }, Buffer.from('[{"type":"a","data":"\xff"}]', 'latin1'), publisher)).toThrow(expect.objectContaining({ code: 'malformed-json' }));
});

it('takes the publisher from the key, and ignores an attribute of that name in the request', () => {
  const asked = { 'nuncio-publisher': 'acme', 'ce-type': 'a', 'ce-id': '1' };
  const [own, others, nobodys] = ['globex', 'acme', null].map((tenant) => readRequest(asked, Buffer.alloc(0), { ...publisher, tenant }).events[0]?.event);
  expect([own, others, nobodys]).toMatchObject([{ publisher: 'globex' }, { publisher: 'acme' }, { publisher: '' }]);
  expect(new Set([own, others, nobodys].map((event) => (event as NuncioEvent).id)).size).toBe(3);
  for (const name of ['ce-nuncio-publisher', 'ce-nuncio_publisher']) expect(readRequest({ 'ce-type': 'a', [name]: 'acme' }, Buffer.alloc(0), publisher).events).toMatchObject([{ event: { reason: 'bad-attribute' } }]);
});

it('refuses a compressed body', () => {
  expect(() => readRequest({ 'content-type': JSON_EVENT, 'content-encoding': 'gzip' }, Buffer.alloc(1), publisher)).toThrow(
    expect.objectContaining({ code: 'unsupported-media-type' }),
  );
  expect(only({ 'content-type': JSON_EVENT, 'content-encoding': 'identity' }, Buffer.from('{"type":"a"}')).type).toBe('a');
});

it('refuses other CloudEvents formats as a payload', () => {
  expect(() => readRequest({ 'content-type': 'application/cloudevents+avro' }, Buffer.alloc(1), publisher)).toThrow(
    expect.objectContaining({ code: 'unsupported-media-type' }),
  );
});
