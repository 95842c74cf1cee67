import { expect, it } from '@jest/globals';
import { gathered } from './gathered.js';

const labels = gathered('label');

it('gathers what has the prefix, whichever way it is written, and loses nothing that is given twice', () => {
  expect(labels({ q: 'a', 'label.env': 'prod', 'label[team]': ['a', 'b'] })).toEqual({ q: 'a', label: { env: 'prod', team: ['a', 'b'] } });
  expect(labels({ 'label.env': 'prod', 'label[env]': ['test', 'dev'] })).toEqual({ label: { env: ['prod', 'test', 'dev'] } });
});

it('leaves alone what has none of it, and what gives the prefix itself', () => {
  for (const query of [{ q: 'a', labels: 'x' }, { label: 'x', 'label.env': 'prod' }, null, 'label.env', {}]) expect(labels(query)).toEqual(query);
});

it('takes no name for more than a name', () => {
  expect(Object.hasOwn((labels(Object.fromEntries([['label.__proto__', 'x']])) as { label: object }).label, '__proto__')).toBe(true);
});
