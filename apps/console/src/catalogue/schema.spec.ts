import { describe, expect, it } from '@jest/globals';
import { exampleOf, fieldsOf } from './schema.js';

const invoice = {
  type: 'object',
  required: ['total', 'customer'],
  properties: {
    total: { type: 'number', minimum: 0.5 },
    currency: { enum: ['EUR', 'USD'] },
    paidAt: { type: 'string', format: 'date-time', description: 'When' },
    customer: { $ref: '#/$defs/customer' },
    lines: { type: 'array', items: { type: 'object', properties: { 'a/b': { type: ['string', 'null'] } } } },
  },
  $defs: { customer: { type: 'object', properties: { vip: { type: 'boolean' }, parent: { $ref: '#/$defs/customer' } } } },
};

describe('a schema', () => {
  it('says the fields that a filter can compare, and what they are', () => {
    expect(fieldsOf(invoice).filter(({ depth }) => depth < 2).map(({ pointer, type, isRequired }) => [pointer, type, isRequired])).toEqual([
      ['/data/total', 'number', true],
      ['/data/currency', '"EUR" | "USD"', false],
      ['/data/paidAt', 'string (date-time)', false],
      ['/data/customer', 'object', true],
      ['/data/customer/vip', 'boolean', false],
      ['/data/customer/parent', 'object', false],
      ['/data/lines', 'array', false],
      ['/data/lines/0/a~1b', 'string | null', false],
    ]);
  });

  it('has an example, and an end where it leads to itself', () => {
    expect(exampleOf(invoice)).toMatchObject({ total: 0.5, currency: 'EUR', paidAt: '2026-01-31T12:00:00Z', customer: { vip: true, parent: { vip: true } }, lines: [{ 'a/b': 'text' }] });
  });

  it.each([[{}, 'text'], [{ const: 7 }, 7], [{ oneOf: [{ type: 'integer' }] }, 1], [{ type: 'string', minLength: 6 }, 'texttt'], [{ $ref: '#/nowhere' }, 'text'], [{ type: 'array' }, []]])('is read however little it says: %j', (schema, example) => {
    expect(exampleOf(schema)).toEqual(example);
    expect(fieldsOf(schema)).toEqual([]);
  });
});
