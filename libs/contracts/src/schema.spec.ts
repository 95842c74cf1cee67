import { expect, it } from '@jest/globals';
import { z } from 'zod';
import { check } from './schema.js';

const Colour = z.enum(['red', 'blue']);
const Schema = z.strictObject({
  name: z.string().min(1),
  url: z.url('must be an absolute https URL'),
  count: z.coerce.number().int().min(1).max(100).optional(),
  share: z.number().lt(1).multipleOf(0.5).optional(),
  colour: z.union([Colour.transform((one) => [one]), z.array(Colour)]).optional(),
  value: z.union([z.string(), z.number(), z.boolean(), z.null()]).optional(),
  exact: z.union([z.string(), z.strictObject({ a: z.number() })]).optional(),
  auth: z.discriminatedUnion('type', [z.strictObject({ type: z.literal('none') }), z.strictObject({ type: z.literal('oauth2'), credential: z.string() })]).optional(),
  labels: z.record(z.string().regex(/^[a-z]+$/, 'must be named by a-z'), z.string().max(3)).optional(),
  list: z.array(z.int()).min(2).max(3).optional(),
  of: z.union([z.string(), z.number()], 'must be text or a number').optional(),
});
const right = { name: 'a', url: 'https://a.b' };
const told = (given: object): string[] => check(Schema, { ...right, ...given }).faults.map(({ pointer, code, detail }) => `${pointer} ${code} ${detail}`);

it.each<[string, object, string[]]>([
  ['missing', { name: undefined }, ['/name required is missing (a string)']],
  ['missing, where the schema has words of its own', { url: undefined }, ['/url required is missing (an absolute https URL)']],
  ['of another type', { name: 5 }, ['/name invalid-type must be a string']],
  ['null', { name: null }, ['/name invalid-type must be a string']],
  ['empty', { name: '' }, ['/name too-small must not be empty']],
  ['no number', { count: 'x' }, ['/count invalid-type must be a number']],
  ['too large', { count: 101 }, ['/count too-big must be at most 100']],
  ['not less', { share: 1 }, ['/share too-big must be less than 1']],
  ['between the steps', { share: 0.3 }, ['/share not-multiple-of must be a multiple of 0.5']],
  ['none of a closed set, or a list of these', { colour: 'green' }, ['/colour invalid-value must be one of red, blue']],
  ['a list with one that is none', { colour: ['red', 'green'] }, ['/colour/1 invalid-value must be one of red, blue']],
  ['of none of several types', { value: [] }, ['/value invalid-type must be a string or a number or true or false or null']],
  ['of one of several types, and wrong within', { exact: { a: 'x' } }, ['/exact/a invalid-type must be a number']],
  ['of one of several types, with a field too many', { exact: { a: 1, b: 2 } }, ['/exact/b unknown-field there is no field "b" here']],
  ['of no known kind', { auth: { type: 'basic' } }, ['/auth/type invalid-union must be one of none, oauth2']],
  ['of a known kind, and not whole', { auth: { type: 'oauth2' } }, ['/auth/credential required is missing (a string)']],
  ['named as nothing may be', { labels: { A: 'x' } }, ['/labels/A invalid-key must be named by a-z']],
  ['too long', { labels: { a: 'long' } }, ['/labels/a too-big must have at most 3 characters']],
  ['too few', { list: [1] }, ['/list too-small must have at least 2 items']],
  ['no whole number', { list: [1, 1.5] }, ['/list/1 invalid-type must be a whole number']],
  ['of several types, whose schema has words of its own', { of: [] }, ['/of invalid-union must be text or a number']],
  ['unknown', { nmae: 'x' }, ['/nmae unknown-field there is no field "nmae" here']],
])('says what to send in the place of what is %s', (_, given, faults) => {
  expect(told(given)).toEqual(faults);
});
