import { expect, it } from '@jest/globals';
import { inTheWay, type FirstOf } from './in-the-way.js';
import type { Search } from './search.js';

const ROWS = [{ status: 'failed', tenant: 'acme' }, { status: 'delivered', tenant: 'acme' }, { status: 'failed', tenant: 'globex' }];

const first: FirstOf = (search: Search) => {
  const items = ROWS.filter((row) => Object.entries(search).every(([name, values = []]) => name === 'columns' || [values].flat().includes(row[name as 'status' | 'tenant'])));
  return Promise.resolve({ items, count: { value: items.length, exact: true } });
};

it('names each filter that is in the way alone, with what there is without it, and leaves the columns as they are', async () => {
  expect(await inTheWay({ status: ['delivered'], tenant: ['globex'], columns: ['State'] }, first)).toEqual([
    { name: 'status', values: ['delivered'], rest: { tenant: ['globex'], columns: ['State'] }, count: { value: 1, exact: true } },
    { name: 'tenant', values: ['globex'], rest: { status: ['delivered'], columns: ['State'] }, count: { value: 1, exact: true } },
  ]);
  expect(await inTheWay({ status: ['failed'], tenant: ['nobody'] }, first)).toEqual([{ name: 'tenant', values: ['nobody'], rest: { status: ['failed'] }, count: { value: 2, exact: true } }]);
});

it('tells several filters that are in the way together from nothing at all', async () => {
  expect(await inTheWay({ status: ['held'], tenant: ['nobody'] }, first)).toEqual([]);
  expect(await inTheWay({ status: ['held'] }, () => Promise.resolve({ items: [] }))).toBeNull();
});
