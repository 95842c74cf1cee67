import { expect, it } from '@jest/globals';
import { z } from 'zod';
import { exampleOf } from './example.js';
import { Schemas } from './schemas.js';

const lifted = (schema: z.ZodType) => new Schemas({}).lift(schema);

it.each<[string, z.ZodType, object]>([
  ['a time has no pattern, which generators of clients cannot have beside its format', z.iso.datetime(), { type: 'string', format: 'date-time' }],
  ['a constant is a list of one', z.literal('none'), { type: 'string', enum: ['none'] }],
  ['null is a type', z.array(z.string()).nullable(), { type: ['array', 'null'], items: { type: 'string' } }],
  ['null is a value of a list', z.enum(['a', 'b']).nullable(), { type: ['string', 'null'], enum: ['a', 'b', null] }],
  ['what may be null keeps its description', z.object({ a: z.string() }).describe('An object').nullable(), { anyOf: [{ type: 'object' }, { type: 'null' }], description: 'An object' }],
  ['a choice that may be null is one choice', z.union([z.string(), z.array(z.string())]).nullable(), { anyOf: [{ type: 'string' }, { type: 'array' }, { type: 'null' }] }],
  ['an integer says how wide it is', z.int().min(0), { type: 'integer', format: 'int64', minimum: 0 }],
  ['a small one, too', z.int().min(1).max(256), { type: 'integer', format: 'int32', minimum: 1, maximum: 256 }],
])('%s', (_, schema, expected) => {
  expect(lifted(schema)).toMatchObject(expected);
});

it('leaves examples unchanged, although they look like schemas', () => {
  expect(lifted(z.record(z.string(), z.unknown()).meta({ examples: [{ type: 'integer', const: 'x' }] }))).toMatchObject({ examples: [{ type: 'integer', const: 'x' }] });
});

it('distinguishes variants of an object by their discriminating field, with one value or several', () => {
  const schemas = new Schemas({});
  const next = z.union([z.object({ step: z.enum(['done', 'dead']) }), z.object({ step: z.literal('later'), at: z.string() })]).nullable();
  schemas.named(z.object({ next }), 'Outcome', 'output');
  expect(schemas.byName.Outcome).toMatchObject({
    properties: {
      next: {
        oneOf: [{ $ref: '#/components/schemas/OutcomeNextDoneOrDead' }, { $ref: '#/components/schemas/OutcomeNextLater' }, { type: 'null' }],
        discriminator: { propertyName: 'step', mapping: { done: '#/components/schemas/OutcomeNextDoneOrDead', dead: '#/components/schemas/OutcomeNextDoneOrDead', later: '#/components/schemas/OutcomeNextLater' } },
      },
    },
  });
});

it('gives every schema its own name', () => {
  const schemas = new Schemas({});
  schemas.named(z.object({ a: z.string() }), 'Thing');
  expect(() => schemas.named(z.object({ b: z.string() }), 'Thing')).toThrow('two schemas are called Thing');
});

it('makes an example from the examples of the fields, and of a body only with the required fields', () => {
  const Thing = z.object({ name: z.string().meta({ examples: ['ledger'] }), kind: z.enum(['a', 'b']), at: z.iso.datetime(), note: z.string().optional(), of: z.string().meta({ examples: ['acme'] }).optional() });
  const schemas = new Schemas({});
  const ref = schemas.named(Thing, 'Thing');
  expect(exampleOf(ref, schemas.byName, false)).toEqual({ name: 'ledger', kind: 'a', at: '2026-01-31T12:00:00.000Z', of: 'acme' });
  expect(exampleOf(ref, schemas.byName, true)).toMatchObject({ note: 'text' });
});
