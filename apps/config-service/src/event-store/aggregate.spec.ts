import { expect, it } from '@jest/globals';
import { edited } from './aggregate.js';

const before = { name: 'ledger', schema: { type: 'object' }, groups: ['billing'] };

it('records the fields that an edit changes', () => {
  expect(edited(before, { name: 'books', groups: ['billing'] })).toEqual([{ type: 'changed', data: { name: 'books' } }]);
});

it('records nothing for an edit that changes nothing', () => {
  expect(edited(before, { name: 'ledger', schema: { type: 'object' } })).toEqual([]);
  expect(edited(before, {})).toEqual([]);
});
