import { expect, it } from '@jest/globals';
import { isFault } from '@nuncio/contracts';
import { z } from 'zod';
import { pathPart, valid } from './valid.js';

const Schema = z.strictObject({ name: z.string(), eventTypes: z.array(z.string()).optional(), any: z.string().optional() });

function refused(run: () => unknown): { message: string; errors: readonly { detail: string }[] } {
  try {
    run();
  } catch (error) {
    if (isFault(error)) return error;
  }
  throw new Error('nothing was refused');
}
const told = (value: object, type: 'body' | 'query') => refused(() => valid(Schema).transform(value, { type })).errors.map(({ detail }) => detail);

it('names the field that was meant, and of a query all that there are', () => {
  expect(told({ name: 'a', eventType: 'x' }, 'body')).toEqual(['there is no field "eventType" here; did you mean "eventTypes"?']);
  expect(told({ name: 'a', sql: 'x' }, 'body')).toEqual(['there is no field "sql" here']);
  expect(told({ name: 'a', eventType: 'x' }, 'query')).toEqual(['there is no parameter "eventType" here; did you mean "eventTypes"?']);
  expect(told({ name: 'a', colour: 'x' }, 'query')).toEqual(['there is no parameter "colour" here; there are: any, eventTypes, name']);
});

it('says in its sentence what is wrong, for who sees nothing else', () => {
  expect(refused(() => valid(Schema).transform(undefined, { type: 'body' })).message).toBe('One field is invalid. /name: is missing (a string)');
  expect(refused(() => valid(Schema).transform({ a: 1, b: 2, c: 3, d: 4 }, { type: 'body' })).message).toMatch(/^5 fields are invalid\. \/name: .*; \/a: .*; \/b: .*; …$/);
});

it('says of a part of a path what may stand there', () => {
  expect(refused(() => pathPart(z.enum(['verify', 'submit'])).transform('fly', { type: 'param', data: 'move' })).message).toBe('There is nothing here: move must be one of verify, submit.');
});
