import { expect, it } from '@jest/globals';
import { z } from 'zod';
import { gathered } from './gathered.js';

const labels = gathered('label');

it('gathers the settings with the prefix, however it is written, and loses none that is given twice', () => {
  expect(labels({ q: 'a', 'label.env': 'prod', 'label[team]': ['a', 'b'] })).toEqual({ q: 'a', label: { env: 'prod', team: ['a', 'b'] } });
  expect(labels({ 'label.env': 'prod', 'label[env]': ['test', 'dev'] })).toEqual({ label: { env: ['prod', 'test', 'dev'] } });
});

it('leaves alone settings without the prefix, and the prefix itself', () => {
  for (const query of [{ q: 'a', labels: 'x' }, { label: 'x', 'label.env': 'prod' }, null, 'label.env', {}]) expect(labels(query)).toEqual(query);
});

it('loses no setting because of its name: a zod record skips __proto__, and a list would be of everything', () => {
  const schema = z.preprocess(labels, z.strictObject({ label: z.record(z.string(), z.string()).optional() }));
  for (const name of ['label.__proto__', 'label[__proto__]']) expect(schema.safeParse(Object.fromEntries([[name, 'x']])).success).toBe(false);
  expect(schema.parse({ 'label.constructor': 'x' })).toEqual({ label: { constructor: 'x' } });
});
