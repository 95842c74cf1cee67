import { expect, it } from '@jest/globals';
import { reference } from '@nuncio/contracts';
import { z } from 'zod';
import { placesOf } from './places.js';

const Body = z.strictObject({
  callback: reference('callback').optional(),
  authentication: z.discriminatedUnion('type', [z.strictObject({ type: z.literal('none') }), z.strictObject({ type: z.literal('oauth2'), credential: reference('credential') })]).meta({ id: 'NamedInPlaces' }).optional(),
  select: z.preprocess((given) => given, z.strictObject({ tenant: z.preprocess((given) => [given].flat(), z.array(reference('tenant'))) })).optional(),
  either: z.union([reference('application').transform((one) => [one]), z.array(reference('application'))]).optional(),
  labels: z.record(z.string(), z.string()).optional(),
  name: z.string().optional(),
});

const replaced = (value: object): object => {
  for (const { kind, externalId, put } of placesOf(Body)(value)) put(`${kind}:${externalId}`);
  return value;
};

it('finds external ids wherever the schema has ids, alone or in a list', () => {
  expect(replaced({ callback: 'ext:a', authentication: { type: 'oauth2', credential: 'ext:b' }, select: { tenant: ['ext:c', 'd'] }, either: 'ext:e' })).toEqual({
    callback: 'callback:a',
    authentication: { type: 'oauth2', credential: 'credential:b' },
    select: { tenant: ['tenant:c', 'd'] },
    either: 'application:e',
  });
  expect(replaced({ either: ['ext:e', 'f'], select: { tenant: 'ext:c' } })).toEqual({ either: ['application:e', 'f'], select: { tenant: 'tenant:c' } });
});

it('leaves alone texts that are not references, and fields that the schema does not know', () => {
  const body = { name: 'ext:a', labels: { callback: 'ext:a' }, callback: 'cb_1', other: { callback: 'ext:a' } };
  expect(replaced(structuredClone(body))).toEqual(body);
  for (const value of [null, undefined, 'ext:a', [], { select: 1 }]) expect(placesOf(Body)(value)).toEqual([]);
});
