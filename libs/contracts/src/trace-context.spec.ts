import { describe, expect, it } from '@jest/globals';
import { envelop } from './envelope.js';
import { eventHeaders, isUnreadable, readEvent, type NuncioEvent, type RecordHeaders } from './event.js';
import { readTraceparent, traceIdOf } from './trace-context.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const OTHER = '0af7651916cd43dd8448eb211c80319c';
const parent = (trace: string, more = ''): string => `00-${trace}-00f067aa0ba902b7-01${more}`;

const attributes = { ce_specversion: '1.0', ce_id: '1', ce_source: '/s', ce_type: 't' };
function read(headers: RecordHeaders, value: Buffer = Buffer.from('{}')): NuncioEvent {
  const event = readEvent({ ...attributes, ...headers }, value);
  if (isUnreadable(event)) throw new Error(event.detail);
  return event;
}

describe('a traceparent', () => {
  it('is read in version 00, and in a later version as far as it is known', () => {
    expect(readTraceparent(parent(TRACE))).toBe(parent(TRACE));
    expect(readTraceparent(`cc${parent(TRACE).slice(2)}-what-comes`)).toBe(parent(TRACE));
    expect(traceIdOf(parent(TRACE))).toBe(TRACE);
  });

  it.each([
    '',
    parent(TRACE, '-more'),
    parent(TRACE).toUpperCase(),
    parent('0'.repeat(32)),
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `ff${parent(TRACE).slice(2)}`,
    parent(TRACE, '\r\nx: y'),
    `cc${parent(TRACE).slice(2)}x`,
  ])('is ignored if it is malformed: %j', (given) => {
    expect(readTraceparent(given)).toBeUndefined();
    expect(read({ traceparent: given })).not.toHaveProperty('traceparent');
  });
});

describe('the trace of an event', () => {
  it('is its header, or else its attribute, in binary and in structured mode', () => {
    const structured = (more: object): Buffer => Buffer.from(JSON.stringify({ specversion: '1.0', id: '1', source: '/s', type: 't', ...more }));
    const type = { 'content-type': 'application/cloudevents+json' };
    expect(read({ traceparent: Buffer.from(parent(TRACE)), ce_traceparent: parent(OTHER) }).traceparent).toBe(parent(TRACE));
    expect(read({ ce_traceparent: parent(OTHER) }).traceparent).toBe(parent(OTHER));
    expect(read({ traceparent: 'broken', ce_traceparent: parent(OTHER) }).traceparent).toBe(parent(OTHER));
    expect(read({ ...type, traceparent: parent(TRACE) }, structured({ traceparent: parent(OTHER) })).traceparent).toBe(parent(TRACE));
    expect(read(type, structured({ traceparent: parent(OTHER) })).traceparent).toBe(parent(OTHER));
  });

  it('is passed on from topic to topic', () => {
    const event = read({ traceparent: parent(TRACE) });
    expect(read(eventHeaders(event)).traceparent).toBe(parent(TRACE));
    expect(event.attributes).not.toHaveProperty('traceparent');
  });

  it('leaves an event without a trace unchanged', () => {
    expect(eventHeaders(read({}))).toEqual(attributes);
  });

  it('was sent to receivers as ce-traceparent', () => {
    const event = read({ ce_traceparent: parent(TRACE), ce_tracestate: 'vendor=1', ce_order: '7' });
    const names = Object.keys(envelop('cloudevents', event, '2026-01-01T00:00:00Z').headers);
    expect(names).toContain('ce-order');
    expect(names.filter((name) => name.includes('trace'))).toEqual([]);
  });
});
