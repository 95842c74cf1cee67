import { expect, it } from '@jest/globals';
import { newestFirst } from './newest.js';

const rows = (...ids: string[]) => ids.map((id) => ({ id, at: 'now' }));

it('puts what came last first, and what was written again once, as it is now', () => {
  expect(newestFirst(rows('b', 'a').map((row) => ({ ...row, at: 'before' })), rows('c', 'a'))).toEqual([{ id: 'a', at: 'now' }, { id: 'c', at: 'now' }, { id: 'b', at: 'before' }]);
});

it('keeps so many, and leaves out the oldest', () => {
  const many = Array.from({ length: 600 }, (_, i) => ({ id: String(i) }));
  const kept = newestFirst([{ id: 'old' }], many);
  expect([kept.length, kept[0]?.id, kept.some(({ id }) => id === 'old')]).toEqual([500, '599', false]);
});
