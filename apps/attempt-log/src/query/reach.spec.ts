import { expect, it } from '@jest/globals';
import type { Principal } from '@nuncio/contracts';
import { reachOf } from './reach.js';

const reach = (role: Principal['role'], tenant: string | null, groups: string[] = []): unknown[] => {
  const values: unknown[] = [];
  reachOf({ id: 'key_1', role, tenant, groups })((value) => `$${values.push(value)}`);
  return values;
};

it('lets admin and provider see everything', () => {
  expect(reach('admin', null)).toEqual([]);
  expect(reach('provider', null)).toEqual([]);
});

it('shows a viewer its whole tenant', () => {
  expect(reach('viewer', 'acme')).toEqual(['acme']);
});

it("filters by a consumer's groups, and not by a list of what exists: the query grew with what a tenant owned", () => {
  expect(reach('consumer', 'acme', ['billing'])).toEqual(['acme', ['billing']]);
});
