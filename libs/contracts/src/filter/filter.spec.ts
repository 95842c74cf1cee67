import { describe, expect, it } from '@jest/globals';
import { FilteredEvent, compileFilter } from './compile-filter.js';
import { Filter, MAX_FILTER_DEPTH, MAX_FILTER_PARTS } from './filter.js';

const payload = { country: 'DE', amount: 12.5, paid: true, note: null, lines: [{ sku: 'a/b' }], 'a/b~c': 'odd' };
const event = (body: string | Buffer = JSON.stringify(payload)): FilteredEvent =>
  new FilteredEvent({
    tenants: [],
    attributes: { specversion: '1.0', id: '1', source: '/shop/eu', type: 'order.paid', region: 'eu-west' },
    contentType: 'application/json',
    payload: Buffer.from(body),
  });
const matches = (filter: unknown, of = event()): boolean => compileFilter(Filter.parse(filter), 'acme')(of);

describe('a filter', () => {
  it.each<[boolean, unknown]>([
    [true, { exact: { type: 'order.paid' } }],
    [false, { exact: { type: 'order.paid', region: 'eu-east' } }],
    [false, { exact: { type: 'Order.Paid' } }],
    [true, { exact: { datacontenttype: 'application/json' } }],
    [true, { prefix: { source: '/shop/' } }],
    [false, { prefix: { subject: 'x' } }],
    [true, { suffix: { region: '-west' } }],
    [true, { all: [{ exact: { type: 'order.paid' } }, { prefix: { region: 'eu' } }] }],
    [false, { all: [{ exact: { type: 'order.paid' } }, { prefix: { region: 'us' } }] }],
    [true, { any: [{ exact: { type: 'other' } }, { suffix: { type: '.paid' } }] }],
    [false, { any: [{ exact: { type: 'other' } }] }],
    [true, { not: { exact: { subject: 'x' } } }],
    [false, { not: { any: [{ exact: { type: 'order.paid' } }] } }],
  ])('answers %s to %j by attributes', (expected, filter) => {
    expect(matches(filter)).toBe(expected);
  });

  it.each<[boolean, unknown]>([
    [true, { exact: { '/data/country': 'DE', type: 'order.paid' } }],
    [true, { exact: { '/data/amount': 12.5 } }],
    [false, { exact: { '/data/amount': '12.5' } }],
    [true, { exact: { '/data/paid': true, '/data/note': null } }],
    [false, { exact: { '/data/nothing': null } }],
    [true, { prefix: { '/data/lines/0/sku': 'a' } }],
    [false, { prefix: { '/data/lines/1/sku': 'a' } }],
    [false, { exact: { '/data/lines/length': 1 } }],
    [true, { exact: { '/data/a~1b~0c': 'odd' } }],
    [false, { prefix: { '/data/amount': '1' } }],
  ])('answers %s to %j by the payload', (expected, filter) => {
    expect(matches(filter)).toBe(expected);
  });

  it('finds no inherited property, and nothing in a payload that is not JSON', () => {
    expect(matches({ not: { prefix: { constructor: 'f', '/data/constructor/name': 'O' } } })).toBe(true);
    expect(matches({ exact: { '/data/country': 'DE' } }, event('country=DE'))).toBe(false);
    expect(matches({ exact: { '/data': 'plain' } }, event('"plain"'))).toBe(true);
  });

  it('parses a payload once for all filters, and not if attributes decide', () => {
    let reads = 0;
    const body = Buffer.from(JSON.stringify(payload));
    body.toString = () => {
      reads++;
      return JSON.stringify(payload);
    };
    const counted = new FilteredEvent({ tenants: [], attributes: { type: 'order.paid' }, contentType: null, payload: body });
    expect(matches({ all: [{ exact: { type: 'other' } }, { exact: { '/data/country': 'DE' } }] }, counted)).toBe(false);
    expect(reads).toBe(0);
    for (let n = 0; n < 3; n++) expect(matches({ exact: { '/data/country': 'DE' } }, counted)).toBe(true);
    expect(reads).toBe(1);
  });

  it('are applied to a payload with a byte order mark', () => {
    const marked = new FilteredEvent({ tenants: [], attributes: {}, contentType: 'application/json', payload: Buffer.from('\ufeff{"country":"DE"}') });
    expect(matches({ exact: { '/data/country': 'DE' } }, marked)).toBe(true);
  });
});

describe('the schema of filters', () => {
  const nested = (depth: number): unknown => (depth === 1 ? { exact: { id: '1' } } : { not: nested(depth - 1) });

  it.each<[string, unknown]>([
    ['nothing', {}],
    ['two dialects at once', { exact: { id: '1' }, prefix: { id: '1' } }],
    ['an unknown dialect', { sql: "type = 'x'" }],
    ['an empty comparison', { exact: {} }],
    ['an empty combination', { any: [] }],
    ['a name that no attribute has', { exact: { 'Content-Type': 'x' } }],
    ['a pointer outside of the payload', { exact: { '/type': 'x' } }],
    ['a pointer with a broken escape', { exact: { '/data/a~2': 'x' } }],
    ['a number for an attribute', { exact: { id: 1 } }],
    ['an empty prefix', { prefix: { id: '' } }],
    ['too deep a nesting', nested(MAX_FILTER_DEPTH + 1)],
    ['a nesting that would exhaust the stack', JSON.parse('{"not":'.repeat(100_000) + '{}' + '}'.repeat(100_000))],
    ['too many parts', { any: Array.from({ length: MAX_FILTER_PARTS }, () => ({ exact: { id: '1' } })) }],
  ])('refuses %s', (_, filter) => {
    expect(Filter.safeParse(filter).success).toBe(false);
  });

  it('accepts the deepest allowed filter', () => {
    expect(Filter.safeParse(nested(MAX_FILTER_DEPTH)).success).toBe(true);
  });
});
