import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { deliveryId, eventHeaders, eventId, isUnreadable, newId, readEvent, type NuncioEvent, type RecordHeaders } from './index.js';

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

  it('survives its own headers', () => {
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

  it.each<[string, RecordHeaders, Buffer | string | null, string]>([
    ['a null value', binary(), null, 'null-value'],
    ['more than 1 MiB', binary(), Buffer.alloc(1_048_577), 'too-large'],
    ['no id', { ...binary(), ce_id: undefined }, '', 'missing-attribute'],
    ['another specversion', binary({ ce_specversion: '0.3' }), '', 'bad-attribute'],
    ['a time that is none', binary({ ce_time: 'yesterday' }), '', 'bad-attribute'],
    ['a line break in an attribute', binary({ ce_subject: 'a\r\nX-Evil: 1' }), '', 'bad-attribute'],
    ['a header that is not UTF-8', { ...binary(), ce_subject: Buffer.from([0xff]) }, '', 'bad-header'],
    ['the same header twice', { ...binary(), ce_subject: ['a', 'b'] }, '', 'bad-header'],
    ['structured mode without JSON', structured, '{', 'bad-structured'],
    ['structured mode with a list', structured, '[]', 'bad-structured'],
    ['structured mode that is not UTF-8', structured, Buffer.from([0x7b, 0xff, 0x7d]), 'bad-structured'],
    ['half of a surrogate pair, escaped in JSON', structured, '{"specversion":"1.0","id":"\\ud800","source":"s","type":"t"}', 'bad-attribute'],
    ['an object as an attribute', structured, '{"specversion":"1.0","id":"1","source":"s","type":"t","x":{}}', 'bad-structured'],
  ])('refuses %s', (_, headers, value, expected) => {
    expect(reason(headers, value)).toBe(expected);
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
  it('are derived so that two different pairs never share one by concatenation', () => {
    expect(eventId('a', 'bc')).not.toBe(eventId('ab', 'c'));
    expect(deliveryId('evt_1', 'sub_1')).toMatch(/^dlv_[0-9a-f]{32}$/);
  });

  it('sort by the time of their making', () => {
    expect(newId('sub', 1_000) < newId('sub', 1_001)).toBe(true);
  });
});
