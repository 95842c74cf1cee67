import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { envelop } from './envelope.js';
import type { NuncioEvent } from './event.js';

const event = (payload: Buffer | string, more: Partial<NuncioEvent> = {}): NuncioEvent => ({
  id: 'evt_1',
  publisher: '',
  ceId: '1',
  source: '/s',
  type: 'invoice.paid',
  time: null,
  tenants: ['acme'],
  contentType: null,
  payload: Buffer.from(payload),
  attributes: { id: '1', source: '/s', type: 'invoice.paid', specversion: '1.0' },
  ...more,
});
const at = '2026-01-31T10:00:00.000Z';

describe('an envelope', () => {
  it('splices JSON into json-api byte for byte', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        const { body } = envelop('json-api', event(` ${json}\n`), at);
        expect(body.toString()).toBe(`{"data":{"type":"event","id":"evt_1","attributes":{"name":"invoice.paid","payload": ${json}\n,"created-at":"${at}"}}}`);
      }),
    );
  });

  it.each(['{', '', '﻿{}', Buffer.from([0x22, 0xff, 0x22])])('carries bytes that are not JSON as base64, marked (%#)', (bytes) => {
    const { attributes } = (JSON.parse(envelop('json-api', event(bytes), at).body.toString()) as { data: { attributes: Record<string, string> } }).data;
    expect(Buffer.from(attributes.payload ?? '', 'base64').equals(Buffer.from(bytes))).toBe(true);
    expect(attributes['payload-encoding']).toBe('base64');
  });

  it('leaves the bytes unchanged otherwise, and sends their media type', () => {
    const payload = Buffer.from([0, 1, 255]);
    expect(envelop('raw', event(payload, { contentType: 'image/png' }), at)).toEqual({ body: payload, headers: { 'content-type': 'image/png' } });
    expect(envelop('raw', event('{}'), at).headers['content-type']).toBe('application/json; charset=utf-8');
    expect(envelop('json-api', event('x', { contentType: 'text/plain' }), at).headers['content-type']).toBe('application/json; charset=utf-8');
  });

  it('percent-encodes attributes in CloudEvents binary mode', () => {
    const { headers } = envelop('cloudevents', event('', { attributes: { subject: 'Größe "1" 50% 😀' } }), at);
    expect(headers['ce-subject']).toBe('Gr%C3%B6%C3%9Fe%20%221%22%2050%25%20%F0%9F%98%80');
  });
});
