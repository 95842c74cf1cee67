import { describe, expect, it } from '@jest/globals';
import { FilteredEvent } from '@nuncio/contracts';
import { payloadFault, payloadFaults, schemaFaults } from './index.js';

const event = (payload: unknown): FilteredEvent => new FilteredEvent({ tenants: [], attributes: {}, contentType: null, payload: Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)) });
const faults = (schema: object, payload: unknown) => payloadFaults(schema as Record<string, unknown>, event(payload)).map(({ pointer, code }) => `${pointer} ${code}`);
const refusal = (schema: object) => schemaFaults(schema as Record<string, unknown>, '/schema').map(({ pointer, code }) => `${pointer} ${code}`);

const invoice = {
  type: 'object',
  required: ['total', 'lines'],
  additionalProperties: false,
  properties: { total: { type: 'number' }, lines: { type: 'array', items: { $ref: '#/$defs/line' } } },
  $defs: { line: { type: 'object', properties: { 'a/b': { type: 'string', pattern: '^[A-Z]{2}-\\d+$' } } } },
};

describe('a payload', () => {
  it('fits, or is refused with the place of every fault', () => {
    expect(faults(invoice, { total: 1, lines: [{ 'a/b': 'DE-1' }] })).toEqual([]);
    expect(faults(invoice, { total: '1', extra: 1, lines: [{}, { 'a/b': 'x' }] })).toEqual(['/data/extra additional-properties', '/data/total type', '/data/lines/1/a~1b pattern']);
    expect(faults(invoice, {})).toEqual(['/data/total required', '/data/lines required']);
    expect(faults(invoice, 'total=1')).toEqual(['/data not-json']);
    expect(payloadFaults(null, event('total=1'))).toEqual([]);
  });

  it('has no members that every object inherits', () => {
    expect(faults({ required: ['constructor'] }, {})).toEqual(['/data/constructor required']);
    expect(faults({ properties: { constructor: { type: 'string' } } }, {})).toEqual([]);
  });

  it('is validated in a time that grows only with its size', () => {
    const long = 'a'.repeat(500_000);
    const started = performance.now();
    expect(faults({ pattern: '^(a+)+$' }, `"${long}!"`)).toEqual(['/data pattern']);
    expect(faults({ uniqueItems: true }, Array.from({ length: 50_000 }, (_, n) => ({ n })))).toEqual([]);
    expect(faults({ uniqueItems: true }, [{ a: 1, b: [2] }, { b: [2], a: 1 }])).toEqual(['/data unique-items']);
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  it('is refused with the first faults if there are very many', () => {
    const schema = { items: { required: Array.from({ length: 300 }, (_, n) => `name-${n}`) } };
    const many = event(Array.from({ length: 200_000 }, () => ({})));
    const started = performance.now();
    expect(payloadFaults(schema, many)).toMatchObject([{ pointer: '/data/0/name-0', code: 'required' }]);
    expect(performance.now() - started).toBeLessThan(20_000);
    expect(payloadFaults(schema, event([{}]))).toHaveLength(50);
    expect(payloadFault(schema, event([{}, {}]))).toMatchObject({ pointer: '/data/0/name-0' });
  });

  it('fits an older schema that can no longer be used, which is reported once', () => {
    const told: string[] = [];
    const stored = [{ $ref: '#/$defs/lost' }, { $schema: 'http://json-schema.org/draft-03/schema#' }, { pattern: '(?=.*x)y' }];
    for (const schema of stored)
      for (const payload of ['"a"', 'no json']) expect(payloadFaults(schema, event(payload), (detail) => told.push(detail))).toEqual([]);
    expect(told).toEqual([expect.stringContaining('lost'), 'its dialect is not supported', expect.any(String)]);
  });

  it('is refused if it exhausts a schema that refers to itself', () => {
    const depth = 200_000;
    expect(faults({ items: { $ref: '#' } }, '['.repeat(depth) + ']'.repeat(depth))).toEqual(['/data too-deep']);
  });
});

describe('a schema', () => {
  it.each<[string, object, string]>([
    ['of an unknown dialect', { $schema: 'http://json-schema.org/draft-03/schema#' }, '/schema/$schema unknown-dialect'],
    ['with a keyword that does not have its type', { properties: { a: { minLength: 'x' } } }, '/schema/properties/a/minLength type'],
    ['that refers to another document', { $ref: 'https://example.com/schema.json' }, '/schema unusable'],
    ['that refers to a file', { properties: { a: { $ref: 'other.json#/a' } } }, '/schema unusable'],
    ['that refers to where nothing is', { $ref: '#/$defs/lost' }, '/schema unusable'],
    ['with a pattern that looks ahead', { pattern: '(?=.*x)y' }, '/schema unusable'],
    ['with a pattern that refers back', { patternProperties: { '(a)\\1': {} } }, '/schema unusable'],
    ['that answers later', { $async: true }, '/schema/$async unsupported'],
    ['that is too large', { description: 'x'.repeat(70_000) }, '/schema too-large'],
  ])('%s is refused', (_, schema, expected) => {
    expect(refusal(schema)).toContain(expected);
  });

  it('is refused if it is nested too deeply, even within the size', () => {
    const nested: unknown = JSON.parse('{"not":'.repeat(9_000) + '{}' + '}'.repeat(9_000));
    expect(refusal(nested as object)).toEqual([expect.stringMatching(/^\/schema too-(deep|large)$/)]);
  });

  it('may use draft 7, and describe itself', () => {
    expect(refusal({ $schema: 'http://json-schema.org/draft-07/schema#', definitions: { a: { items: [{ type: 'string' }] } }, $ref: '#/definitions/a' })).toEqual([]);
    expect(refusal(invoice)).toEqual([]);
    expect(refusal({ $id: 'https://acme.com/tree', items: { $ref: '#' }, 'x-note': 'ours', format: 'date' })).toEqual([]);
  });
});
