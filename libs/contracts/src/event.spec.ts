import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { asKnownTo, deliveries, deliveryId, ERRAND_HEADER, eventHeaders, eventId, isUnreadable, newId, PAYLOAD_LIMIT_BYTES, readEvent, type NuncioEvent, type RecordHeaders } from './index.js';

const binary = (extra: Record<string, string> = {}): RecordHeaders => ({
  ce_specversion: '1.0',
  ce_id: '1',
  ce_source: '/shop',
  ce_type: 'invoice.paid',
  ...extra,
});
const read = (headers: RecordHeaders, value: Buffer | string | null): NuncioEvent => {
  const event = readEvent(headers, typeof value === 'string' ? Buffer.from(value) : value);
  if (isUnreadable(event)) throw new Error(`${event.reason}: ${event.detail}`);
  return event;
};
const reason = (headers: RecordHeaders, value: Buffer | string | null): string | null => {
  const event = readEvent(headers, typeof value === 'string' ? Buffer.from(value) : value);
  return isUnreadable(event) ? event.reason : null;
};
const structured = { 'content-type': 'application/cloudevents+json; charset=utf-8' };

describe('a CloudEvent on Kafka', () => {
  it('keeps its bytes in binary mode, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const payload = Buffer.from(bytes);
        expect(read(binary(), payload).payload.equals(payload)).toBe(true);
      }),
    );
  });

  it('reads attributes, a list of tenants and the content type', () => {
    const event = read(binary({ ce_tenant: 'acme, globex', ce_time: '2026-01-31T10:00:00.5+02:00', ce_subject: 'Größe', 'content-type': 'text/plain' }), 'x');
    expect(event).toMatchObject({
      tenants: ['acme', 'globex'],
      time: '2026-01-31T10:00:00.5+02:00',
      contentType: 'text/plain',
      attributes: { subject: 'Größe' },
    });
    expect(event.id).toBe(eventId('/shop', '1'));
  });

  it('is the same after its headers are written and read', () => {
    const event = read(binary({ ce_tenant: 'acme', ce_traceparent: '00-1-2-01', 'content-type': 'application/json' }), '{}');
    expect(read(eventHeaders(event), event.payload)).toEqual(event);
  });

  it('takes the exact source slice of data in structured mode', () => {
    const data = '{ "b": 1.0,\n "a": 12345678901234567890, "ü": "\\u00fc" }';
    const event = read(structured, `{"specversion":"1.0", "id":"1","source":"/shop","type":"t","data" :  ${data} , "tenant":"acme"}`);
    expect(event.payload.toString()).toBe(data);
    expect(event.tenants).toEqual(['acme']);
  });

  it('is read however deep its data is nested: a stack that overflowed stopped the partition for ever', () => {
    const data = '['.repeat(400_000) + ']'.repeat(400_000);
    expect(read(structured, `{"specversion":"1.0","id":"1","source":"s","type":"t","data":${data}}`).payload.toString()).toBe(data);
    expect(reason(structured, data)).toBe('bad-structured');
  });

  it('decodes data_base64', () => {
    const event = read(structured, `{"specversion":"1.0","id":"1","source":"s","type":"t","datacontenttype":"image/png","data_base64":"AP8="}`);
    expect([...event.payload]).toEqual([0, 255]);
    expect(event.contentType).toBe('image/png');
  });

  it.each([
    ['application/xml', '"<a b=\\"1\\">\\u00e9</a>"', '<a b="1">é</a>'],
    ['text/plain; charset=utf-8', '"{}"', '{}'],
    ['image/png', 'null', ''],
    ['application/problem+json', 'null', 'null'],
    ['text/plain', '{ "a": 1.0 }', '{ "a": 1.0 }'],
    ['application/json', '"<a/>"', '"<a/>"'],
    ['application/vnd.acme.v1+JSON; a=b', '"\\u00e9"', '"\\u00e9"'],
    ['text/json', '"1"', '"1"'],
    ['', '"1"', '"1"'],
  ])('has the same payload in structured mode as in binary mode: XML arrived as a JSON string (datacontenttype "%s", data %s)', (datacontenttype, data, payload) => {
    expect(read(structured, `{"specversion":"1.0","id":"1","source":"s","type":"t","datacontenttype":${JSON.stringify(datacontenttype)},"data":${data}}`).payload.toString()).toBe(payload);
    expect(read(structured, `{"data":${data},"specversion":"1.0","id":"1","source":"s","type":"t","datacontenttype":${JSON.stringify(datacontenttype)}}`).payload.toString()).toBe(payload);
  });

  it('keeps the digits of a number in structured mode: those beyond a double were changed', () => {
    const event = read(structured, '{"specversion":"1.0","id":12345678901234567890,"source":"s","type":"t","price":1.50,"far":1e400,"flag":true}');
    expect(event).toMatchObject({ ceId: '12345678901234567890', attributes: { price: '1.50', far: '1e400', flag: 'true' } });
  });

  it('is read in structured mode with a byte order mark before it', () => {
    expect(read(structured, '\ufeff{"specversion":"1.0","id":"1","source":"s","type":"t","data":{"a":1}}').payload.toString()).toBe('{"a":1}');
  });

  it.each<[string, RecordHeaders, string | null]>([
    ['of the header', { 'content-type': 'application/xml' }, 'application/xml'],
    ['of the attribute where there is no header', { ce_datacontenttype: 'application/xml' }, 'application/xml'],
    ['of the header where both say the same', { 'content-type': 'text/plain; charset=utf-8', ce_datacontenttype: 'text/plain' }, 'text/plain; charset=utf-8'],
    ['that is there twice, the same', { 'content-type': ['text/plain', Buffer.from('text/plain')] }, 'text/plain'],
    ['in JSON quotes', { 'content-type': '"application/xml"' }, 'application/xml'],
    ['under the name that Spring gives it', { contentType: '"application/xml"' }, 'application/xml'],
    ['in another case', { 'Content-Type': 'application/xml' }, 'application/xml'],
    ['with quoted parameters', { 'content-type': 'multipart/mixed ; boundary="a; b"' }, 'multipart/mixed ; boundary="a; b"'],
    ['that is empty', { 'content-type': '' }, null],
    ['that nobody said', {}, null],
  ])('accepts the content type %s, and sends it with no attribute of that name', (_, headers, contentType) => {
    const event = read(binary(headers as Record<string, string>), '<a/>');
    expect(event.contentType).toBe(contentType);
    expect(event.attributes).not.toHaveProperty('datacontenttype');
    expect(read(eventHeaders(event), event.payload)).toEqual(event);
  });

  it('accepts attributes in JSON quotes if the version shows that the producer quotes all of them', () => {
    const quoted = Object.fromEntries(Object.entries(binary()).map(([name, value]) => [name, JSON.stringify(value)]));
    expect(read({ ...quoted, ce_subject: '"Größe"' }, '')).toMatchObject({ ceId: '1', type: 'invoice.paid', attributes: { subject: 'Größe' } });
    expect(read(binary({ ce_subject: '"said"' }), '').attributes.subject).toBe('"said"');
  });

  it.each(['2026-02-28T23:59:59Z', '2024-02-29t00:00:00z', '2016-12-31T23:59:60Z', '2016-12-31T15:59:60.5-08:00', '0001-01-01T00:00:00+14:00'])('accepts the time %s', (time) => {
    expect(read(binary({ ce_time: time }), '').time).toBe(time);
  });

  it.each(['2026-02-30T00:00:00Z', '2026-02-29T00:00:00Z', '2026-13-01T00:00:00Z', '2026-01-01T24:00:01Z', '2026-01-01T24:00:00Z', '2026-01-01T24:00:00.000+01:00', '2026-01-01T12:00:60Z', '2026-01-01T00:00:61Z', '2026-01-01', '2026-01-01T00:00:00', '2026-01-01T00:00:00+24:00'])(
    'refuses the time %s',
    (time) => {
      expect(reason(binary({ ce_time: time }), '')).toBe('bad-attribute');
    },
  );

  it('says with whose key it was published, in either mode, and carries that on', () => {
    const asked = { 'nuncio-publisher': 'acme' };
    const [own, other] = [read({ ...binary(), ...asked }, ''), read(binary(), '')];
    expect(own).toMatchObject({ publisher: 'acme', id: eventId('/shop', '1', 'acme') });
    expect(other).toMatchObject({ publisher: '', id: eventId('/shop', '1') });
    expect(read({ ...structured, ...asked }, '{"specversion":"1.0","id":"1","source":"/shop","type":"t"}').id).toBe(own.id);
    expect(read(eventHeaders(own), own.payload)).toEqual(own);
    for (const bad of ['Acme', 'a/b', 'a'.repeat(64)]) expect(reason({ ...binary(), 'nuncio-publisher': bad }, '')).toBe('bad-header');
    expect(reason({ ...structured, 'nuncio-publisher': ['acme', 'globex'] }, '{}')).toBe('bad-header');
  });

  it.each<[string, string | undefined, string | undefined, string[]]>([
    ['one of several', 'acme,globex', 'acme', ['acme']],
    ['one among blanks', ' globex , acme ', 'acme', ['acme']],
    ['no part of another name', 'acme-2,globex', undefined, []],
    ['itself alone', 'acme', 'acme', ['acme']],
    ['nobody', undefined, undefined, []],
  ])('tells a receiver of no other tenant: %s', (_, named, shown, tenants) => {
    const event = read(binary(named === undefined ? {} : { ce_tenant: named }), '1');
    const known = asKnownTo('acme', event);
    expect(known.attributes.tenant).toBe(shown);
    expect(known.tenants).toEqual(tenants);
    expect({ ...known, tenants: event.tenants, attributes: event.attributes }).toEqual(event);
  });

  it('reports a structured event under another content type', () => {
    const event = '{"specversion":"1.0","id":"1","source":"/shop","type":"invoice.paid","data":{}}';
    expect(readEvent({ 'content-type': 'application/json' }, Buffer.from(event))).toMatchObject({
      reason: 'missing-attribute',
      detail: expect.stringContaining('looks like a structured CloudEvent, whose content-type is application/cloudevents+json') as unknown,
    });
    expect(readEvent({ 'content-type': 'application/json' }, Buffer.from('{"id":"1"}'))).toMatchObject({ detail: 'attribute specversion is missing' });
  });

  it('reads again whatever it has read once, with the same result', () => {
    const content = fc.oneof(fc.constantFrom('application/json', 'application/cloudevents+json', 'text/plain;a="b"', '"x/y"', '', 'json'), fc.string());
    fc.assert(
      fc.property(fc.record({ 'content-type': content, ce_datacontenttype: content }, { requiredKeys: [] }), fc.string(), (headers, value) => {
        const event = readEvent({ ...binary(), ...headers }, Buffer.from(value));
        if (!isUnreadable(event)) expect(readEvent(eventHeaders(event), event.payload)).toEqual(event);
      }),
    );
  });

  it('judges the longest content type without a delay', () => {
    const started = 'a/b' + ' ;'.repeat(400) + ' !=';
    expect(reason(binary({ 'content-type': started }), '')).toBe('bad-attribute');
  });

  it.each<[string, RecordHeaders, Buffer | string | null, string]>([
    ['a content type that is none', binary({ 'content-type': 'json' }), '', 'bad-attribute'],
    ['a line break in the content type', binary({ 'content-type': 'a/b; c="\r\nX-Evil: 1"' }), '', 'bad-attribute'],
    ['two content types', { ...binary(), 'content-type': ['text/plain', 'text/html'] }, '', 'bad-header'],
    ['a content type and an attribute that contradict each other', binary({ 'content-type': 'text/plain', ce_datacontenttype: 'text/html' }), '', 'bad-attribute'],
    ['a payload that says to be another CloudEvent', binary({ ce_datacontenttype: 'application/cloudevents+json' }), '{}', 'bad-attribute'],
    ['the same in structured mode', structured, '{"specversion":"1.0","id":"1","source":"s","type":"t","datacontenttype":"application/cloudevents+json","data":{}}', 'bad-attribute'],
    ['a batch', binary({ 'content-type': 'application/cloudevents-batch+json' }), '[]', 'bad-attribute'],
    ['base64 that is none', structured, '{"specversion":"1.0","id":"1","source":"s","type":"t","data_base64":"a-_b"}', 'bad-structured'],
    ['base64 that is cut', structured, '{"specversion":"1.0","id":"1","source":"s","type":"t","data_base64":"YQ"}', 'bad-structured'],
    ['data twice', structured, '{"specversion":"1.0","id":"1","source":"s","type":"t","data":1,"data":2}', 'bad-structured'],
    ['data in both ways', structured, '{"specversion":"1.0","id":"1","source":"s","type":"t","data":1,"data_base64":"YQ=="}', 'bad-structured'],
    ['an attribute twice, once escaped', structured, '{"specversion":"1.0","id":"1","\\u0069d":"2","source":"s","type":"t"}', 'bad-structured'],
    ['a null value', binary(), null, 'null-value'],
    ['more than 1 MiB', binary(), Buffer.alloc(1_048_577), 'too-large'],
    ['no id', { ...binary(), ce_id: undefined }, '', 'missing-attribute'],
    ['another specversion', binary({ ce_specversion: '0.3' }), '', 'bad-attribute'],
    ['a time that is none', binary({ ce_time: 'yesterday' }), '', 'bad-attribute'],
    ['a line break in an attribute', binary({ ce_subject: 'a\r\nX-Evil: 1' }), '', 'bad-attribute'],
    ['a header that is not UTF-8', { ...binary(), ce_subject: Buffer.from([0xff]) }, '', 'bad-header'],
    ['a header twice, differently', { ...binary(), ce_subject: ['a', 'b'] }, '', 'bad-header'],
    ['structured mode without JSON', structured, '{', 'bad-structured'],
    ['structured mode with a list', structured, '[]', 'bad-structured'],
    ['structured mode that is not UTF-8', structured, Buffer.from([0x7b, 0xff, 0x7d]), 'bad-structured'],
    ['half of a surrogate pair, escaped in JSON', structured, '{"specversion":"1.0","id":"\\ud800","source":"s","type":"t"}', 'bad-attribute'],
    ['half of a surrogate pair in data that is text', structured, '{"specversion":"1.0","id":"1","source":"s","type":"t","datacontenttype":"text/plain","data":"\\ud800"}', 'bad-structured'],
    ['an object as an attribute', structured, '{"specversion":"1.0","id":"1","source":"s","type":"t","x":{}}', 'bad-structured'],
  ])('refuses %s', (_, headers, value, expected) => {
    expect(reason(headers, value)).toBe(expected);
  });

  it('fits with the largest payload and errand into the topics that take it on: what was longer in bytes than in characters was delivered once, and could not be retried', () => {
    const payload = Buffer.alloc(PAYLOAD_LIMIT_BYTES);
    const id = `sub_${'0'.repeat(32)}`;
    const errand = { event: `evt_${id}`, eventAt: 9e15, subscriptions: Array(100).fill(id), number: 99, reason: 'resend', notBefore: 9e15, hop: 9e15, of: { tenant: id, application: id, callback: id } };
    const bytesOf = (headers: RecordHeaders): number => Object.entries(headers).reduce((sum, [name, value]) => sum + 6 + name.length + Buffer.byteLength(String(value)), 0);
    const given = (name: number, length: number, character: string) => [`ce_${name.toString(36)}`, character.repeat(length)] as const;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 12_000 }), fc.integer({ min: 0, max: 33_000 }), fc.constantFrom('a', 'é', '中'), fc.constantFrom('', 'x'), (count, length, character, each) => {
        const many = Array.from({ length: count }, (_, n) => given(n, each.length, 'x'));
        const event = readEvent({ ...binary(), ...Object.fromEntries([...many, given(100_000, length, character)]), 'content-type': `text/plain; a="${character.repeat(length >> 3)}"` }, payload);
        if (isUnreadable(event)) return;
        const travels = payload.length + bytesOf({ ...eventHeaders(event), [ERRAND_HEADER]: JSON.stringify(errand) });
        expect(travels).toBeLessThan(deliveries.maxMessageBytes - 512);
      }),
      { numRuns: 50 },
    );
  });

  it('never throws, whatever a record holds', () => {
    const header = fc.oneof(
      fc.string(),
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      fc.array(fc.string()),
    );
    fc.assert(
      fc.property(
        fc.dictionary(fc.oneof(fc.constantFrom('ce_id', 'ce_type', 'ce_source', 'ce_specversion', 'content-type'), fc.string()), header),
        fc.option(fc.uint8Array()),
        (headers, value) => {
          readEvent(headers, value && Buffer.from(value));
          readEvent({ ...headers, ...structured }, value && Buffer.from(value));
        },
      ),
    );
  });
});

describe('ids', () => {
  it("of an event are unchanged if no tenant has published it, and the tenant's own otherwise", () => {
    expect(eventId('/shop', 'order-42')).toBe('evt_034156ece92fdca7fd7dce00e495981a');
    expect(new Set(['', 'acme', 'globex', '1', '5'].map((publisher) => eventId('/shop', 'order-42', publisher))).size).toBe(5);
    const part = fc.oneof(fc.constantFrom('', '1', '1:a', 'acme/', '/1:', 'a/1:b'), fc.string({ maxLength: 6 }));
    const publisher = fc.constantFrom('', '1', '11', 'a', 'acme');
    fc.assert(
      fc.property(fc.tuple(part, part, publisher), fc.tuple(part, part, publisher), (one, other) => {
        expect(eventId(...one) === eventId(...other)).toBe(one.join('\0') === other.join('\0'));
      }),
    );
  });

  it('are derived so that two different pairs never share one by concatenation', () => {
    expect(eventId('a', 'bc')).not.toBe(eventId('ab', 'c'));
    expect(deliveryId('evt_1', 'sub_1')).toMatch(/^dlv_[0-9a-f]{32}$/);
  });

  it('sort by the time of their creation', () => {
    expect(newId('sub', 1_000) < newId('sub', 1_001)).toBe(true);
  });
});
